namespace Tao20.Benchmarks.Pipeline;

/// <summary>Standard output has the results only: what is logged meanwhile, by whomever, goes beside it.</summary>
internal static class ResultOutput
{
    /// <summary>Where results go.</summary>
    public static TextWriter Writer { get; private set; } = Console.Out;

    /// <summary>From here on all else goes to standard error.</summary>
    public static void Claim()
    {
        Writer = Console.Out;
        Console.SetOut(Console.Error);
    }
}
