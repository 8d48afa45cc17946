using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using Tao20.Actors.Journal;
using Tao20.Domain.Parameters;
using Tao20.Domain.Runtime;

namespace Tao20.Node.Commands;

/// <summary>What this program is: what two nodes have in common that come to the same statements.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Commit">The commit it was built from; null where it was built without one.</param>
/// <param name="RulesVersion">The version of its rules: validators with another one state nothing together.</param>
/// <param name="JournalFormat">The format of the journals that it writes; it reads its own and all before.</param>
/// <param name="ChainSpecs">The runtimes of Subtensor whose rules it knows.</param>
internal sealed record VersionDocument(string Version, string? Commit, int RulesVersion, int JournalFormat, IReadOnlyList<int> ChainSpecs)
{
    /// <summary>This program.</summary>
    public static VersionDocument Current()
    {
        // As the build writes it: VERSION+COMMIT.
        var built = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        var parts = built.Split('+', 2);
        return new VersionDocument(
            parts[0],
            parts.Length > 1 ? parts[1] : null,
            DomainParameters.RulesVersion,
            JournalVersion.Current.Format,
            [.. Enum.GetValues<RuntimeProfile>().Where(profile => profile != RuntimeProfile.Unknown).Select(profile => (int)profile)]
        );
    }

    /// <summary>The same in lines for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"tao20 {Version}";
        yield return $"commit   {Commit ?? "not known"}";
        yield return $"rules    {RulesVersion}";
        yield return $"journal  format {JournalFormat}";
        yield return $"chain    Subtensor {string.Join(", ", ChainSpecs)}";
    }

    /// <summary>Has <c>--version</c> print it.</summary>
    public static void AddTo(RootCommand root)
    {
        if (root.Options.OfType<VersionOption>().FirstOrDefault() is { } option)
            option.Action = new Print();
    }

    private sealed class Print : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            EndpointOptions.Print(json: false, Current(), Current().Lines());
            return ExitCodes.Ok;
        }
    }
}
