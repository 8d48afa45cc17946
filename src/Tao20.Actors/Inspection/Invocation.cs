using System.Globalization;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Inspection;

/// <summary>A call of a command, with what it is called with.</summary>
public sealed class Invocation
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private Invocation() { }

    /// <summary>Reads what a command is called with.</summary>
    /// <param name="command">The command.</param>
    /// <param name="words">The words after its name.</param>
    /// <exception cref="InspectionException">One is too many, or missing, or none of its choices.</exception>
    public static Invocation Read(InspectionCommand command, IReadOnlyList<string> words)
    {
        var call = new Invocation();
        var places = new Queue<Parameter>(command.Parameters.Where(parameter => parameter.Option is null));
        for (var i = 0; i < words.Count; i++)
        {
            if (command.Parameters.FirstOrDefault(parameter => parameter.Option == words[i]) is { } option)
            {
                if (i + 1 == words.Count)
                    throw Usage($"{words[i]} has no value: give {option.Name}, {option.Description}.");
                call.Set(option, words[++i]);
            }
            else if (places.TryDequeue(out var place))
                call.Set(place, words[i]);
            else
                throw Usage($"'{words[i]}' is nothing that {command.Name} takes; 'help {command.Name}' lists what it does.");
        }

        if (command.Parameters.FirstOrDefault(parameter => parameter.IsRequired && !call.Has(parameter.Name)) is { } missing)
            throw Usage($"{missing.Name} is missing: give {missing.Description}.");
        return call;
    }

    /// <summary>Whether something is given.</summary>
    /// <param name="name">Its name.</param>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>What is given.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its text; null where it is not given.</returns>
    public string? Text(string name) => _values.GetValueOrDefault(name);

    /// <summary>A number that is given.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">What it is where it is not given.</param>
    /// <param name="least">The least it may be.</param>
    /// <param name="most">The most it may be.</param>
    /// <exception cref="InspectionException">It is no such number.</exception>
    public long Number(string name, long otherwise, long least, long most) =>
        Text(name) is not { } text ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw Usage($"{name} = '{text}' is no number from {least} to {most}.");

    /// <summary>An address that is given.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="InspectionException">It is none.</exception>
    public Address Address(string name) =>
        Domain.Units.Address.TryParse(Text(name) ?? "", out var address)
            ? address
            : throw Usage($"{name} = '{Text(name)}' is no address: give 0x and 40 hex digits.");

    private static InspectionException Usage(string message) => new(InspectionProblem.Usage, message);

    private void Set(Parameter parameter, string value)
    {
        if (parameter.Choices.Count > 0 && !parameter.Choices.Contains(value, StringComparer.Ordinal))
            throw Usage($"{parameter.Name} = '{value}' is not known: give {string.Join(", ", parameter.Choices)}.");
        if (!_values.TryAdd(parameter.Name, value))
            throw Usage($"{parameter.Name} is given twice: '{_values[parameter.Name]}' and '{value}'.");
    }
}
