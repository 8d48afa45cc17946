using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Tao20.Domain.Registry;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Node.Audit.Bundles;

/// <summary>How a bundle is written: a JSON document on each line, amounts and hashes as texts.</summary>
internal static class BundleFormat
{
    /// <summary>What its first line says it is.</summary>
    public const string Name = "tao20-epoch-bundle";

    /// <summary>Counts the changes of the format, from 1.</summary>
    public const int Version = 1;

    /// <summary>The most bytes of a line: parameters of 8 KiB and weights of all neurons of a subnet are far below.</summary>
    public const int MostBytes = 64 * 1024 * 1024;

    /// <summary>How its lines are read and written. What a line has that is not known here is an error.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameFacts } },
        Converters =
        {
            new JsonStringEnumConverter(),
            new AsText<Address>(Address.Parse),
            new AsText<Hash256>(Hash256.Parse),
            new AsText<UInt128>(Number),
            new AsText<Wei>(text => Wei.From(Number(text))),
            new AsText<Rao>(text => new Rao(checked((ulong)Number(text)))),
            new AsText<TaoPerToken>(text => TaoPerToken.From(Number(text))),
            new EpochAsNumber(),
            new AsText<Position>(PositionOf),
        },
    };

    /// <summary>The text that is signed for a bundle, as a wallet would show it.</summary>
    /// <param name="head">Its first line.</param>
    /// <param name="sha256">The SHA-256 of all lines before the signature.</param>
    public static string Message(BundleHead head, string sha256) =>
        $"TAO20 epoch bundle\nchain {head.ChainId}\nindex {head.Contract}\nepoch {head.Epoch}\nsha256 {sha256}";

    /// <summary>A fact says which it is by its name.</summary>
    private static void NameFacts(JsonTypeInfo info)
    {
        if (info.Type != typeof(RegistryFact))
            return;
        info.PolymorphismOptions = new JsonPolymorphismOptions
        {
            TypeDiscriminatorPropertyName = "kind",
            UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization,
        };
        foreach (var fact in typeof(RegistryFact).GetNestedTypes())
            info.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(fact, fact.Name));
    }

    private static UInt128 Number(string text) => UInt128.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static Position PositionOf(string text)
    {
        var parts = text.Split(':');
        return parts.Length == 2
            ? new Position(
                ulong.Parse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture),
                uint.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture)
            )
            : throw new FormatException($"'{text}' is no position: block:log is expected");
    }

    /// <summary>A value that is written as it writes itself.</summary>
    private sealed class AsText<T>(Func<string, T> parse) : JsonConverter<T>
        where T : struct
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return parse(reader.GetString() ?? throw new JsonException("a text is expected"));
            }
            catch (Exception e) when (e is FormatException or OverflowException or InvalidOperationException or ImplausibleAmountException)
            {
                throw new JsonException(e.Message, e);
            }
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue($"{value}");
    }

    private sealed class EpochAsNumber : JsonConverter<EpochId>
    {
        public override EpochId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out var number)
                ? new EpochId(number)
                : throw new JsonException("the number of an epoch is expected");

        public override void Write(Utf8JsonWriter writer, EpochId value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value.Value);
    }
}
