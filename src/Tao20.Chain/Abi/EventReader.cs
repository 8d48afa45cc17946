using Nethereum.ABI;
using Nethereum.ABI.FunctionEncoding;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.ABI.Model;
using Nethereum.Contracts;
using Tao20.Domain.Units;

namespace Tao20.Chain.Abi;

/// <summary>
/// Reads logs into event messages (Nethereum), strictly: Nethereum takes short words for zeros, ignores what is left over, and asks for the
/// memory of as many items as a log claims to have. So lengths are checked before, and what was read has to encode to the same bytes.
/// </summary>
public static class EventReader
{
    /// <summary>The first topic of an event.</summary>
    public static Hash256 Topic<TEvent>()
        where TEvent : IEventDTO => Hash256.Parse("0x" + Event<TEvent>.Abi.Sha3Signature);

    /// <summary>The event a log is.</summary>
    /// <param name="topics">All its topics.</param>
    /// <param name="data">Its data.</param>
    /// <exception cref="FormatException">The log is not exactly this event.</exception>
    public static TEvent Read<TEvent>(IReadOnlyList<Hash256> topics, ReadOnlyMemory<byte> data)
        where TEvent : IEventDTO, new()
    {
        var (shape, plain) = (Event<TEvent>.Abi, Event<TEvent>.Plain);
        var expected = shape.InputParameters.Length - plain.Length + 1;
        if (topics.Count != expected)
            throw new FormatException($"{topics.Count} topics instead of {expected}");
        RequireLengths(plain, new AbiData(data));
        TEvent read;
        byte[] written;
        try
        {
            read = new EventTopicDecoder().DecodeTopics(
                new TEvent(),
                [.. topics.Select(topic => (object)topic.ToString())],
                "0x" + Convert.ToHexStringLower(data.Span)
            );
            written = new ParametersEncoder().EncodeParameters(plain, MessageShape<TEvent>.Values(read));
        }
        catch (Exception e) when (e is not (OutOfMemoryException or StackOverflowException))
        {
            // What a hostile log can bring the decoder to throw is not documented.
            throw new FormatException($"not a {shape.Name}: {e.Message}", e);
        }

        return data.Span.SequenceEqual(written) ? read : throw new FormatException($"a {shape.Name} that is not encoded as contracts do");
    }

    /// <summary>Every list and byte string fits into the data, also those inside of structs.</summary>
    private static void RequireLengths(IEnumerable<Parameter> parameters, AbiData data)
    {
        var word = 0;
        foreach (var parameter in parameters)
        {
            if (!parameter.ABIType.IsDynamic())
            {
                word += parameter.ABIType.FixedSize / AbiWords.Length;
                continue;
            }

            if (parameter.ABIType is TupleType tuple)
                RequireLengths(tuple.Components, data.Tuple(word));
            else if (parameter.Type.EndsWith("[]", StringComparison.Ordinal))
                data.List(word);
            else
                data.Bytes(word);
            word++;
        }

        if (word > 0)
            data.Integer(word - 1);
    }

    /// <summary>An event's ABI, and what of it stands in the data.</summary>
    private static class Event<TEvent>
    {
        public static readonly EventABI Abi = ABITypedRegistry.GetEvent<TEvent>();

        public static readonly Parameter[] Plain = [.. Abi.InputParameters.Where(parameter => !parameter.Indexed)];
    }
}
