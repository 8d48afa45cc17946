using Deque.AxeCore.Commons;

namespace Tao20.EndToEnd.Tests.Browser;

/// <summary>Whether everybody can use a page: the rules of WCAG 2.1, A and AA, by axe.</summary>
internal static class Accessibility
{
    private static readonly object Rules = new { type = "tag", values = (string[])["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] };

    // All else is the same in the dark.
    private static readonly object Contrast = new { type = "rule", values = (string[])["color-contrast"] };
    private const string SeriousFindings = """
        async (runOnly) => (await axe.run(document, { runOnly, resultTypes: ["violations"] })).violations
          .filter((one) => ["serious", "critical"].includes(one.impact))
          .flatMap((one) => one.nodes.map((node) => `${one.id}, ${one.help}: ${node.html}`))
        """;

    /// <summary>Loads axe into each page that a window shows from now on.</summary>
    public static Task PrepareAsync(Window window) => window.Page.AddInitScriptAsync(new BundledAxeScriptProvider().GetScript());

    /// <summary>What is serious or critical on the page that a window shows.</summary>
    /// <param name="window">The window.</param>
    /// <param name="onlyContrast">Whether only colours are looked at.</param>
    public static Task<string[]> SeriousFindingsAsync(Window window, bool onlyContrast) =>
        window.Page.EvaluateAsync<string[]>(SeriousFindings, onlyContrast ? Contrast : Rules);
}
