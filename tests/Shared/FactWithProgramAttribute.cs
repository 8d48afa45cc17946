namespace Tao20.Tests;

/// <summary>A test by a program of the machine; reported as skipped where it is not installed. CI installs all of them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactWithProgramAttribute : FactAttribute
{
    /// <summary>A test that needs a program.</summary>
    /// <param name="path">Where it is.</param>
    public FactWithProgramAttribute(string path)
    {
        if (!File.Exists(path))
            Skip = $"{path} is not installed.";
    }
}
