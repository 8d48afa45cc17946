using System.Collections;
using System.Globalization;
using System.Numerics;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Tao20.Actors.Hosting;

namespace Tao20.Actors.Audit;

/// <summary>A field in which two values of one kind differ.</summary>
/// <param name="Field">The path of the field, by the names of the protobuf messages.</param>
/// <param name="Expected">What it is to be.</param>
/// <param name="Found">What it is.</param>
public sealed record WireDifference(string Field, string Expected, string Found)
{
    private const string Nothing = "nothing";
    private const int AddressBytes = 20;
    private const int HashBytes = 32;
    private const int MostCharacters = 160;

    /// <summary>Whether two values that are persisted say the same.</summary>
    public static bool Same(object expected, object found) =>
        expected.GetType() == found.GetType()
        && Tao20Serializer.FormOf(expected.GetType()) is { } form
        && form.ToMessage(expected).Equals(form.ToMessage(found));

    /// <summary>The fields in which two values that are persisted differ, in their order.</summary>
    /// <param name="expected">What is to be.</param>
    /// <param name="found">What is.</param>
    /// <param name="most">How many are named at most.</param>
    public static IReadOnlyList<WireDifference> Between(object expected, object found, int most = 3)
    {
        if (expected.GetType() != found.GetType())
            return [new WireDifference("", expected.GetType().Name, found.GetType().Name)];
        var form = Tao20Serializer.FormOf(expected.GetType());
        return form is null ? [] : [.. Between("", form.ToMessage(expected), form.ToMessage(found)).Take(most)];
    }

    private static IEnumerable<WireDifference> Between(string path, IMessage expected, IMessage found) =>
        expected.Descriptor.Fields.InDeclarationOrder().SelectMany(field => Between(path, field, expected, found));

    private static IEnumerable<WireDifference> Between(string path, FieldDescriptor field, IMessage expected, IMessage found)
    {
        var name = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
        var (ours, theirs) = (field.Accessor.GetValue(expected), field.Accessor.GetValue(found));
        if (ours is IList a && theirs is IList b)
        {
            var all = Enumerable.Range(0, Math.Max(a.Count, b.Count));
            return all.SelectMany(i => Between($"{name}[{i}]", i < a.Count ? a[i] : null, i < b.Count ? b[i] : null));
        }

        return Between(name, ours, theirs);
    }

    private static IEnumerable<WireDifference> Between(string name, object? ours, object? theirs)
    {
        if (ours is IMessage left && theirs is IMessage right)
            return Between(name, left, right);
        return Equals(ours, theirs) ? [] : [new WireDifference(name, Text(ours, theirs), Text(theirs, ours))];
    }

    private static string Text(object? value, object? other) =>
        value switch
        {
            null => Nothing,
            ByteString bytes => Text(bytes, other as ByteString),
            IMessage message => Short(JsonFormatter.Default.Format(message)),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    private static string Short(string text) => text.Length <= MostCharacters ? text : $"{text[..MostCharacters]} ...";

    /// <summary>Addresses and hashes have their lengths; what is longer is columns, what is shorter a number.</summary>
    private static string Text(ByteString bytes, ByteString? other)
    {
        if (bytes.Length is AddressBytes or HashBytes)
            return $"0x{Convert.ToHexStringLower(bytes.Span)}";
        if (bytes.Length > AddressBytes || other?.Length > AddressBytes)
            return Column(bytes.Span, other is null ? [] : other.Span);
        return new BigInteger(bytes.Span, isUnsigned: true).ToString(CultureInfo.InvariantCulture);
    }

    private static string Column(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> other)
    {
        const int Shown = 16;
        var at = bytes.CommonPrefixLength(other);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{bytes.Length} bytes, from byte {at} 0x{Convert.ToHexStringLower(bytes[at..Math.Min(bytes.Length, at + Shown)])}"
        );
    }
}
