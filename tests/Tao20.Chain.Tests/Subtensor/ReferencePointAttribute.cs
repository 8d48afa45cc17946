namespace Tao20.Chain.Tests.Subtensor;

/// <summary>Which point of the reference a test holds the mock to, and where in Subtensor's source it comes from.</summary>
/// <param name="point">The point's number.</param>
/// <param name="source">The file, and who says so where it was not read there.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ReferencePointAttribute(int point, string source) : Attribute
{
    /// <summary>The point's number.</summary>
    public int Point { get; } = point;

    /// <summary>Where it comes from.</summary>
    public string Source { get; } = source;
}
