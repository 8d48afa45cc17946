using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Tao20.Node.Configuration;

/// <summary>
/// Where settings come from, the later winning: the <c>tao20</c> section of a HOCON file, <c>appsettings.json</c>, the environment
/// (<c>TAO20_Chain__Parallelism</c>), the command line.
/// </summary>
internal static class NodeConfiguration
{
    /// <summary>The key of what a HOCON file says to Akka itself, as HOCON.</summary>
    public const string Akka = "Akka";

    private const string Prefix = "TAO20_";

    // What of Akka's own configuration a file may say. All else is the node's: it is made for it, and safe by it.
    private static readonly string[] OfAkka = ["extensions", "discovery"];

    public static IConfiguration Load(IEnumerable<KeyValuePair<string, string?>> commandLine, string? hoconFile, string directory)
    {
        var builder = new ConfigurationBuilder();
        var hocon = hoconFile ?? Environment.GetEnvironmentVariable(Prefix + "HOCON") ?? Path.Combine(directory, "tao20.conf");
        if (File.Exists(hocon))
            builder.AddInMemoryCollection(Flatten(hocon));
        else if (hoconFile is not null)
            throw new NodeException(ExitCodes.Usage, $"The HOCON file {hoconFile} is not there: correct --hocon.");
        try
        {
            return builder
                .AddJsonFile(Path.Combine(directory, "appsettings.json"), optional: true)
                .AddEnvironmentVariables(Prefix)
                .AddInMemoryCollection(commandLine.Where(pair => pair.Value is not null))
                .Build();
        }
        catch (InvalidDataException e)
        {
            throw new NodeException(
                ExitCodes.Usage,
                $"appsettings.json in {directory} cannot be read: {e.InnerException?.Message ?? e.Message}",
                e
            );
        }
    }

    /// <summary>The keys of the <c>tao20</c> section, with colons where HOCON has dots and without its dashes.</summary>
    private static Dictionary<string, string?> Flatten(string file)
    {
        try
        {
            var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            var whole = ConfigurationFactory.ParseString(File.ReadAllText(file));
            if (whole.GetConfig("tao20") is { IsEmpty: false } section)
                Add(values, "", section.Root);
            if (whole.GetConfig("akka") is { IsEmpty: false } akka)
                values[Akka] = TakenOf(file, akka);
            return values;
        }
        catch (Exception e) when (e is IOException or ConfigurationException or FormatException)
        {
            throw new NodeException(ExitCodes.Usage, $"The HOCON file {file} cannot be read: {e.Message}", e);
        }
    }

    private static string TakenOf(string file, Config akka)
    {
        var other = akka.Root.GetObject().Items.Keys.Except(OfAkka).FirstOrDefault();
        return other is null
            ? $"akka {{ {akka.Root} }}"
            : throw new NodeException(
                ExitCodes.Usage,
                $"akka.{other} in {file} is not taken: of Akka's own configuration give "
                    + $"{string.Join(" or ", OfAkka.Select(key => $"akka.{key}"))}."
            );
    }

    private static void Add(Dictionary<string, string?> values, string path, HoconValue value)
    {
        if (value.IsObject())
        {
            foreach (var (key, child) in value.GetObject().Items)
                Add(values, (path.Length == 0 ? "" : path + ":") + key.Replace("-", "", StringComparison.Ordinal), child);
        }
        else if (value.IsArray())
        {
            var items = value.GetArray();
            for (var i = 0; i < items.Count; i++)
                values[$"{path}:{i}"] = items[i].GetString();
        }
        else
        {
            values[path] = value.GetString();
        }
    }
}
