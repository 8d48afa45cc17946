using Tao20.Dashboard.Live;
using Tao20.Dashboard.Pages;
using Tao20.Dashboard.Parts;
using Tao20.Domain.Units;
using Tao20.Node.Inspection;

namespace Tao20.Node.Views;

/// <summary>Which page is where.</summary>
/// <param name="readings">What pages show.</param>
/// <param name="log">The latest lines of the log.</param>
/// <param name="frame">What stands around pages.</param>
internal sealed class NodeViews(NodeReadings readings, LogLines log, ViewFrame frame)
{
    private readonly MinerViews _miners = new(readings, frame);
    private readonly EpochViews _epochs = new(readings, frame);
    private readonly OperationViews _operation = new(readings, frame, log);

    /// <summary>A page.</summary>
    /// <param name="address">Which.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="PageException">There is none, or it cannot be shown.</exception>
    public Task<RenderedPage> RenderAsync(PageAddress address, CancellationToken cancel) =>
        address.Segments switch
        {
            [] => _miners.OverviewAsync(address, cancel),
            ["miners"] => _miners.MinersAsync(address, cancel),
            ["miners", var miner] => _miners.MinerAsync(address, PageAddress.AccountIn(miner), cancel),
            ["miners", var miner, "epochs", var epoch] => _miners.ScoreAsync(address, PageAddress.AccountIn(miner), EpochIn(epoch), cancel),
            ["epochs"] => _epochs.EpochsAsync(address, cancel),
            ["epochs", var epoch] => _epochs.EpochAsync(address, EpochIn(epoch), cancel),
            ["validators"] => _epochs.ValidatorsAsync(address, cancel),
            ["validators", var validator] => _epochs.ValidatorAsync(address, PageAddress.AccountIn(validator), cancel),
            ["rounds", var epoch] => _epochs.RoundAsync(address, EpochIn(epoch), cancel),
            ["market"] => _operation.MarketAsync(address, cancel),
            ["transactions"] => _operation.TransactionsAsync(address, cancel),
            ["chain"] => _operation.ChainAsync(address, cancel),
            ["cluster"] => _operation.ClusterAsync(address, cancel),
            ["alerts"] => _operation.AlertsAsync(address, cancel),
            ["log"] => _operation.LogAsync(address, cancel),
            _ => throw new PageException(404, "There is no such page."),
        };

    /// <summary>A page that says why there is none.</summary>
    /// <param name="address">Which was wanted.</param>
    /// <param name="title">Its title.</param>
    /// <param name="text">Why.</param>
    public Task<RenderedPage> NoticeAsync(string address, string title, string text) =>
        ViewFrame.RenderAsync<NoticePage>(frame.Of(address, title) with { IsLive = false }, new() { [nameof(NoticePage.Text)] = text });

    /// <summary>Where a token is given.</summary>
    /// <param name="to">Where it goes on afterwards.</param>
    /// <param name="isWrong">Whether a wrong one was given.</param>
    public Task<RenderedPage> SignInAsync(string to, bool isWrong) =>
        ViewFrame.RenderAsync<SignInPage>(
            frame.Of(Links.SignIn, "Sign in") with
            {
                IsLive = false,
            },
            new() { [nameof(SignInPage.To)] = to, [nameof(SignInPage.IsWrong)] = isWrong }
        );

    private static EpochId EpochIn(string text) => new((ulong)PageAddress.NumberIn("epoch", text));
}
