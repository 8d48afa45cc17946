namespace Tao20.Domain.Validation;

/// <summary>The properties of this type are settings of a section.</summary>
/// <param name="section">The part of each key before the property's name, e.g. <c>Chain</c>; empty for none.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class SettingsAttribute(string section) : Attribute
{
    /// <summary>The part of each key before the property's name.</summary>
    public string Section { get; } = section;
}

/// <summary>
/// A setting: the one place where its meaning, unit and range are written. Reading, validation, the hash of the rules, docs/settings.md
/// and config/tao20.reference.conf follow from it; its default is the property's own.
/// </summary>
/// <param name="meaning">What it does, and why one would change it.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string meaning) : Attribute
{
    /// <summary>What it does, and why one would change it.</summary>
    public string Meaning { get; } = meaning;

    /// <summary>The least value, as people write it: <c>5</c>, <c>0.01 TAO</c>, <c>64 KiB</c>, <c>50ms</c>; null for no limit.</summary>
    public string? Least { get; init; }

    /// <summary>The greatest value, in the same way.</summary>
    public string? Most { get; init; }

    /// <summary>What it is counted in.</summary>
    public string Unit { get; init; } = "";

    /// <summary>The property that it may not be below.</summary>
    public string? NotBelow { get; init; }

    /// <summary>The property that it may not be above.</summary>
    public string? NotAbove { get; init; }

    /// <summary>The option of the command line that sets it too.</summary>
    public string? Option { get; init; }

    /// <summary>Whether a node does not start without it.</summary>
    public bool Required { get; init; }

    /// <summary>What stands for it where it has no value by itself.</summary>
    public string None { get; init; } = "none";

    /// <summary>
    /// Its name in the hash of the rules, which stays when the key is renamed; null for the key.
    /// </summary>
    public string? StableName { get; init; }
}
