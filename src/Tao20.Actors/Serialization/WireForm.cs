using Google.Protobuf;

namespace Tao20.Actors.Serialization;

/// <summary>How a type is written, under the manifest that names it in journals and between nodes.</summary>
/// <param name="Type">The type.</param>
/// <param name="Manifest">Its name, read for ever once it is in a journal: a new form of a message gets a new one beside it.</param>
/// <param name="ToMessage">Puts it into its protobuf message.</param>
/// <param name="FromBytes">Reads it.</param>
public sealed record WireForm(Type Type, string Manifest, Func<object, IMessage> ToMessage, Func<byte[], object> FromBytes)
{
    /// <summary>Writes it.</summary>
    public byte[] ToBytes(object value) => ToMessage(value).ToByteArray();

    /// <summary>A type and its protobuf message.</summary>
    public static WireForm Of<T, TWire>(string manifest, Func<T, TWire> toWire, Func<TWire, T> fromWire)
        where T : notnull
        where TWire : IMessage<TWire>, new()
    {
        var parser = new MessageParser<TWire>(() => new TWire());
        return new(typeof(T), manifest, value => toWire((T)value), bytes => fromWire(parser.ParseFrom(bytes)));
    }

    /// <summary>A query without content.</summary>
    public static WireForm OfQuery<T, TWire>(string manifest, T instance)
        where T : notnull
        where TWire : IMessage<TWire>, new() => Of<T, TWire>(manifest, _ => new TWire(), _ => instance);

    /// <summary>A form that is only found in old journals, and says nothing any more.</summary>
    public static WireForm Ignored(string manifest, object read) =>
        new(read.GetType(), manifest, _ => throw new NotSupportedException($"{manifest} is written no more."), _ => read);
}
