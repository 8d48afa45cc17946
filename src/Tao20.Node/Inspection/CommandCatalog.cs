namespace Tao20.Node.Inspection;

/// <summary>What a node can be asked, as it has said: for finding a command, completing what is typed, and help.</summary>
/// <param name="palettes">The palettes.</param>
internal sealed class CommandCatalog(IReadOnlyList<PaletteDocument> palettes)
{
    private const int UsageWidth = 44;

    // What the prompt itself knows.
    private static readonly IReadOnlyList<string> OfPrompt = ["help", "exit"];

    /// <summary>The command that words begin with.</summary>
    /// <param name="words">The words.</param>
    /// <returns>Where it is asked for, the command, and the words after its name.</returns>
    /// <exception cref="NodeException">There is none.</exception>
    public (string Path, CommandDocument Command, IReadOnlyList<string> Words) Find(IReadOnlyList<string> words)
    {
        if (Direct(words[0]) is { } direct)
            return ($"{direct.Palette.Name}/{direct.Command.Name}", direct.Command, [.. words.Skip(1)]);
        if (Named(words[0]) is not { } palette)
            throw new NodeException(ExitCodes.Usage, $"'{words[0]}' is not known to this node; 'help' lists what is.");
        return words.Count > 1 && palette.Commands.FirstOrDefault(one => one.Name == words[1]) is { } command
            ? ($"{palette.Name}/{command.Name}", command, [.. words.Skip(2)])
            : throw new NodeException(
                ExitCodes.Usage,
                $"'{string.Join(' ', words.Take(2))}' is not known: give {palette.Name} with one of "
                    + $"{string.Join(", ", palette.Commands.Select(one => one.Name))}."
            );
    }

    /// <summary>What a line that is being typed can go on with.</summary>
    /// <param name="line">The line, up to where it is typed.</param>
    /// <returns>Whole words in place of the one that is being typed.</returns>
    public IReadOnlyList<string> Completions(string line)
    {
        var (before, typed) = CommandWords.Last(line);
        return [.. Next(before).Where(word => word.StartsWith(typed, StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>What there is, or what one palette or command is for.</summary>
    /// <param name="words">What is asked about; none for all.</param>
    /// <exception cref="NodeException">It is not known.</exception>
    public IEnumerable<string> Help(IReadOnlyList<string> words)
    {
        if (words.Count == 0)
            return palettes
                .SelectMany(palette =>
                    palette.IsDirect
                        ? palette.Commands.Select(command => (Usage(palette, command), command.Description))
                        : [($"{palette.Name} ...", palette.Description)]
                )
                .Concat([("help [COMMAND]", "This list, or what a command takes"), ("exit", "Leaves this prompt")])
                .Select(Line)
                .Append("After any command: --json for JSON, > FILE for a file; tail ends with q.");
        if (words.Count == 1 && Named(words[0]) is { } found)
            return found.Commands.Select(command => Line((Usage(found, command), command.Description)));
        var (path, one, _) = Find(words);
        var itsPalette = palettes.First(palette => path.StartsWith($"{palette.Name}/", StringComparison.Ordinal));
        return
        [
            Line((Usage(itsPalette, one), one.Description)),
            .. one.Parameters.Select(parameter =>
                Line(($"  {Text(parameter)}", parameter.Description + (parameter.Choices.Count > 0 ? $": {Words(parameter)}" : "")))
            ),
        ];
    }

    private IEnumerable<string> Next(IReadOnlyList<string> before)
    {
        var asksHelp = before.Count > 0 && before[0] == "help";
        var words = asksHelp ? [.. before.Skip(1)] : before;
        if (words.Count == 0)
            return palettes
                .SelectMany(palette => palette.IsDirect ? palette.Commands.Select(command => command.Name) : [palette.Name])
                .Concat(asksHelp ? [] : OfPrompt);
        if (Direct(words[0]) is { } direct)
            return Parameters(direct.Command, words, 1);
        if (Named(words[0]) is not { } palette)
            return [];
        return words.Count == 1 ? palette.Commands.Select(command => command.Name)
            : palette.Commands.FirstOrDefault(one => one.Name == words[1]) is { } command ? Parameters(command, words, 2)
            : [];
    }

    private static IEnumerable<string> Parameters(CommandDocument command, IReadOnlyList<string> words, int first)
    {
        if (command.Parameters.FirstOrDefault(parameter => parameter.Option is { } option && option == words[^1]) is { } open)
            return open.Choices;
        var given = words.Skip(first).ToHashSet();
        return command
            .Parameters.SelectMany(parameter =>
                parameter.Option is { } option
                    ? given.Contains(option)
                        ? []
                        : [option]
                    : parameter.Choices
            )
            .Append("--json");
    }

    private PaletteDocument? Named(string name) => palettes.FirstOrDefault(palette => !palette.IsDirect && palette.Name == name);

    private (PaletteDocument Palette, CommandDocument Command)? Direct(string name) =>
        palettes
            .Where(palette => palette.IsDirect)
            .SelectMany(palette => palette.Commands.Select(command => ((PaletteDocument, CommandDocument)?)(palette, command)))
            .FirstOrDefault(one => one!.Value.Item2.Name == name);

    private static string Usage(PaletteDocument palette, CommandDocument command) =>
        string.Join(' ', (palette.IsDirect ? [] : new[] { palette.Name }).Append(command.Name).Concat(command.Parameters.Select(Text)));

    private static string Text(ParameterDocument parameter)
    {
        var text = parameter.Option is { } option ? $"{option} {parameter.Name}" : parameter.Name;
        return parameter.IsRequired ? text : $"[{text}]";
    }

    private static string Words(ParameterDocument parameter) => string.Join(", ", parameter.Choices);

    private static string Line((string Usage, string Description) one) => $"{one.Usage.PadRight(UsageWidth)} {one.Description}";
}
