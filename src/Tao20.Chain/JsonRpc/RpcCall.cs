using System.Globalization;
using System.Text.Json;

namespace Tao20.Chain.JsonRpc;

/// <summary>
/// Reads the <c>result</c> of a call where it stands in the reply; on return the reader is at its last token. The reply is whole.
/// </summary>
public delegate void RpcResultReader(ref Utf8JsonReader reader, ReadOnlySpan<byte> reply);

/// <summary>One call of a batch: what to ask, and how its result is read straight from the reply's bytes.</summary>
/// <param name="Method">The JSON-RPC method.</param>
/// <param name="Params">The parameters as JSON text: an array.</param>
/// <param name="Read">Reads the result.</param>
public sealed record RpcCall(string Method, string Params, RpcResultReader Read)
{
    /// <summary>
    /// Takes the node's refusal of this call where that is an answer, too; without it, one refusal fails the whole batch.
    /// </summary>
    public Action<RpcErrorException>? Refused { get; init; }

    /// <summary>Whether null is an answer, as it is to what may not be there; without it, null is none yet.</summary>
    public bool MayBeNull { get; init; }

    /// <summary>
    /// The body of a request with these calls, whose ids are their indexes from 1: a batch, or the one call as it is, which nodes that
    /// know no batches understand, too.
    /// </summary>
    public static byte[] Body(IReadOnlyList<RpcCall> calls)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            if (calls.Count != 1)
                writer.WriteStartArray();
            for (var i = 0; i < calls.Count; i++)
            {
                writer.WriteStartObject();
                writer.WriteString("jsonrpc"u8, "2.0"u8);
                writer.WriteNumber("id"u8, i + 1);
                writer.WriteString("method"u8, calls[i].Method);
                writer.WritePropertyName("params"u8);
                writer.WriteRawValue(calls[i].Params);
                writer.WriteEndObject();
            }

            if (calls.Count != 1)
                writer.WriteEndArray();
        }

        return buffer.ToArray();
    }

    /// <summary>Reads a reply to these calls in one pass; each may be answered once.</summary>
    /// <returns>The calls that were not answered: nodes may take only so many at once.</returns>
    /// <exception cref="RpcErrorException">The node refused a call, or the batch.</exception>
    /// <exception cref="IncompleteAnswerException">The reply is no whole JSON, or a result is null that must not be.</exception>
    /// <exception cref="NodeMisbehaviourException">The reply is not a well-formed answer to these calls.</exception>
    public static IReadOnlyList<RpcCall> ReadReply(EndpointName endpoint, ReadOnlySpan<byte> reply, IReadOnlyList<RpcCall> calls)
    {
        try
        {
            var reader = new Utf8JsonReader(reply);
            reader.Read();
            var answered = new bool[calls.Count];
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                    ReadAnswer(endpoint, ref reader, reply, calls, answered);
            }
            else
            {
                ReadAnswer(endpoint, ref reader, reply, calls, answered);
            }

            return Array.IndexOf(answered, false) < 0 ? [] : [.. calls.Where((_, i) => !answered[i])];
        }
        catch (JsonException e)
        {
            // Cut off, or a page for people: nothing that the node itself has said.
            throw new IncompleteAnswerException(endpoint, $"its reply to {calls[0].Method} is no whole JSON ({e.Message.TrimEnd('.')})");
        }
        catch (Exception e)
            when (e
                    is InvalidOperationException
                        or FormatException
                        or OverflowException
                        or KeyNotFoundException
                        or ArgumentException
                        or IndexOutOfRangeException
            )
        {
            throw new NodeMisbehaviourException(
                endpoint,
                endpoint.Conceal($"the reply is not what {calls[0].Method} returns ({e.Message.TrimEnd('.')})")
            );
        }
    }

    private static void ReadAnswer(
        EndpointName endpoint,
        ref Utf8JsonReader reader,
        ReadOnlySpan<byte> reply,
        IReadOnlyList<RpcCall> calls,
        bool[] answered
    )
    {
        var id = 0;
        var failed = false;
        int code = 0;
        string text = "";
        string? revertData = null;
        Utf8JsonReader postponed = default;
        var isPostponed = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = ReadId(ref reader);
                if (id > calls.Count)
                    throw new NodeMisbehaviourException(endpoint, $"an answer has id {id}, which was not asked");
            }
            else if (reader.ValueTextEquals("result"u8))
            {
                reader.Read();
                if (id > 0)
                {
                    Accept(ref reader, reply, id);
                }
                else
                {
                    postponed = reader;
                    isPostponed = true;
                    reader.Skip();
                }
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                failed = reader.TokenType != JsonTokenType.Null;
                if (failed)
                    (code, text, revertData) = ReadError(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        if (failed)
        {
            var ofBatch = id <= 0 && calls.Count > 1;
            var error = new RpcErrorException(
                endpoint,
                ofBatch ? $"a batch of {calls.Count} calls" : calls[Math.Max(0, id - 1)].Method,
                code,
                endpoint.Conceal(text),
                revertData
            )
            {
                OfBatch = ofBatch,
            };
            if (ofBatch || calls[Math.Max(0, id - 1)].Refused is not { } refused)
                throw error;
            refused(error);
            answered[Math.Max(0, id - 1)] = true;
            return;
        }

        if (isPostponed && id > 0)
            Accept(ref postponed, reply, id);

        void Accept(ref Utf8JsonReader at, ReadOnlySpan<byte> whole, int call)
        {
            if (answered[call - 1])
                throw new NodeMisbehaviourException(endpoint, $"{calls[call - 1].Method} was answered twice");
            if (at.TokenType == JsonTokenType.Null && !calls[call - 1].MayBeNull)
                throw new IncompleteAnswerException(endpoint, $"{calls[call - 1].Method} returned null");
            calls[call - 1].Read(ref at, whole);
            answered[call - 1] = true;
        }
    }

    /// <summary>Ids come back as they were sent, or as a text, or as a number with a fraction; 0 is none.</summary>
    private static int ReadId(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            reader.Skip();
        return reader.TokenType switch
        {
            JsonTokenType.Number when reader.TryGetInt32(out var whole) => Math.Max(0, whole),
            JsonTokenType.Number when reader.TryGetDouble(out var real) && real is > 0 and < int.MaxValue && real == Math.Floor(real) =>
                (int)real,
            JsonTokenType.String when int.TryParse(reader.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var spelled) =>
                spelled,
            _ => 0,
        };
    }

    private static (int Code, string Text, string? RevertData) ReadError(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
            return (0, Shortened(reader.GetString()!), null);
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new FormatException($"an error that is a {reader.TokenType}");
        var (code, text) = (0, "");
        string? data = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("code"u8))
            {
                reader.Read();
                code = ReadCode(ref reader);
            }
            else if (reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
                reader.Skip();
            }
            else if (reader.ValueTextEquals("data"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                    data = reader.GetString();
                else
                    reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }

        return (code, Shortened(text), data is { Length: <= 2_000 } ? data : null);
    }

    private static int ReadCode(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number)
            return reader.TryGetInt32(out var code) ? code : 0;
        var spelled = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        reader.Skip();
        return int.TryParse(spelled, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var read) ? read : 0;
    }

    private static string Shortened(string text) => text.Length > 300 ? text[..300] : text;
}
