using Tao20.Domain.Units;

namespace Tao20.Node.Configuration;

/// <summary>What addresses are called on the dashboard: a key <c>Names:0x...</c> for each.</summary>
internal static class AddressNames
{
    /// <summary>The section.</summary>
    public const string Section = "Names";

    private const int Longest = 40;

    /// <summary>Reads them.</summary>
    /// <param name="configuration">Where from.</param>
    /// <param name="errors">What is wrong, a line each, is added to these.</param>
    public static IReadOnlyDictionary<Address, string> Read(IConfiguration configuration, ICollection<string> errors)
    {
        var names = new Dictionary<Address, string>();
        foreach (var one in configuration.GetSection(Section).GetChildren())
        {
            if (!Address.TryParse(one.Key, out var address))
                errors.Add($"{one.Path} names no address: give {Section}:0x and 40 hex digits.");
            else if (one.Value?.Trim() is not { Length: > 0 and <= Longest } name || name.Any(char.IsControl))
                errors.Add($"{one.Path} = '{one.Value}' is no name: give 1 to {Longest} characters on one line.");
            else if (!names.TryAdd(address, name))
                errors.Add($"{one.Path} is given twice, in other letters.");
        }

        return names;
    }
}
