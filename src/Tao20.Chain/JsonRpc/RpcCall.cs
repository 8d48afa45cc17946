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

    /// <summary>The body of a request with these calls, whose ids are their indexes from 1.</summary>
    public static byte[] Body(IReadOnlyList<RpcCall> calls)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
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

            writer.WriteEndArray();
        }

        return buffer.ToArray();
    }

    /// <summary>Reads a reply to these calls in one pass; every call must be answered once.</summary>
    /// <exception cref="RpcErrorException">The node refused a call.</exception>
    /// <exception cref="NodeMisbehaviourException">The reply is not a well-formed answer to these calls.</exception>
    public static void ReadReply(Uri endpoint, ReadOnlySpan<byte> reply, IReadOnlyList<RpcCall> calls)
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

            if (Array.IndexOf(answered, false) is var missing and >= 0)
                throw new NodeMisbehaviourException(endpoint, $"{calls[missing].Method} was not answered");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new NodeMisbehaviourException(endpoint, $"the reply is not what {calls[0].Method} returns ({e.Message})");
        }
    }

    private static void ReadAnswer(
        Uri endpoint,
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
                id = reader.TokenType == JsonTokenType.Number ? reader.GetInt32() : 0;
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
                failed = reader.TokenType == JsonTokenType.StartObject;
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
            var error = new RpcErrorException(endpoint, id > 0 ? calls[id - 1].Method : calls[0].Method, code, text, revertData);
            if (id <= 0 || calls[id - 1].Refused is not { } refused)
                throw error;
            refused(error);
            answered[id - 1] = true;
            return;
        }

        if (isPostponed && id > 0)
            Accept(ref postponed, reply, id);

        void Accept(ref Utf8JsonReader at, ReadOnlySpan<byte> whole, int call)
        {
            if (answered[call - 1])
                throw new NodeMisbehaviourException(endpoint, $"{calls[call - 1].Method} was answered twice");
            calls[call - 1].Read(ref at, whole);
            answered[call - 1] = true;
        }
    }

    private static (int Code, string Text, string? RevertData) ReadError(ref Utf8JsonReader reader)
    {
        var (code, text) = (0, "");
        string? data = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("code"u8))
            {
                reader.Read();
                code = reader.GetInt32();
            }
            else if (reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                text = reader.GetString() ?? "";
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

        return (code, text.Length > 300 ? text[..300] : text, data is { Length: <= 2_000 } ? data : null);
    }
}
