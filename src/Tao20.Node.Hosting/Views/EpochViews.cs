using Tao20.Actors.Status;
using Tao20.Dashboard.Live;
using Tao20.Dashboard.Pages;
using Tao20.Dashboard.Parts;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Node.Views;

/// <summary>The pages of epochs, validators and rounds.</summary>
/// <param name="readings">What they show.</param>
/// <param name="frame">What stands around them.</param>
internal sealed class EpochViews(NodeReadings readings, ViewFrame frame)
{
    /// <summary>The settled epochs.</summary>
    public async Task<RenderedPage> EpochsAsync(PageAddress address, CancellationToken cancel)
    {
        var skip = (int)(address.Number("skip", 0, int.MaxValue - 100) ?? 0);
        var overview = await readings.OverviewAsync(withSettled: true, cancel);
        var settled = NodeReadings.SettledOf(overview);
        var epochs = await readings.EpochsAsync(settled, skip, ViewFrame.Rows, cancel);
        return await ViewFrame.RenderAsync<EpochsPage>(
            frame.Of(address, "Epochs", overview),
            new()
            {
                [nameof(EpochsPage.Epochs)] = epochs,
                [nameof(EpochsPage.Count)] = settled.Count,
                [nameof(EpochsPage.Older)] =
                    skip + epochs.Count < settled.Count && epochs.Count > 0 ? $"{Links.Epochs}?skip={skip + epochs.Count}" : null,
                [nameof(EpochsPage.Newest)] = skip > 0 ? Links.Epochs : null,
            }
        );
    }

    /// <summary>A settled epoch.</summary>
    public async Task<RenderedPage> EpochAsync(PageAddress address, EpochId epoch, CancellationToken cancel)
    {
        var overview = await readings.OverviewAsync(withSettled: true, cancel);
        return await ViewFrame.RenderAsync<EpochPage>(
            frame.Of(address, $"Epoch {epoch}", overview),
            new()
            {
                [nameof(EpochPage.Report)] = await readings.RequireEpochAsync(overview, epoch, cancel),
                [nameof(EpochPage.IsTold)] = overview.Settled!.IsTold(epoch),
            }
        );
    }

    /// <summary>The validators and their latest rounds.</summary>
    public async Task<RenderedPage> ValidatorsAsync(PageAddress address, CancellationToken cancel)
    {
        var overview = await readings.OverviewAsync(withSettled: true, cancel);
        return await ViewFrame.RenderAsync<ValidatorsPage>(
            frame.Of(address, "Validators and rounds", overview),
            new() { [nameof(ValidatorsPage.Book)] = NodeReadings.SettledOf(overview).Book }
        );
    }

    /// <summary>A validator.</summary>
    public async Task<RenderedPage> ValidatorAsync(PageAddress address, Address validator, CancellationToken cancel)
    {
        var overview = await readings.OverviewAsync(withSettled: true, cancel);
        var book = BookOf(overview);
        return await ViewFrame.RenderAsync<ValidatorPage>(
            frame.Of(address, frame.TitleOf("Validator", validator), overview),
            new()
            {
                [nameof(ValidatorPage.Address)] = validator,
                [nameof(ValidatorPage.One)] =
                    book.Validators.GetValueOrDefault(validator)
                    ?? throw new PageException(404, $"{validator} is not among the validators that this node knows."),
                [nameof(ValidatorPage.Rounds)] =
                    (IReadOnlyList<RegistryRound>)
                        [.. book.Rounds.Where(round => round.Stakes.ContainsKey(validator)).Reverse().Take(RoundTimeline.Shown)],
            }
        );
    }

    /// <summary>The round of an epoch.</summary>
    public async Task<RenderedPage> RoundAsync(PageAddress address, EpochId epoch, CancellationToken cancel)
    {
        var overview = await readings.OverviewAsync(withSettled: true, cancel);
        return await ViewFrame.RenderAsync<RoundPage>(
            frame.Of(address, $"Round of epoch {epoch}", overview),
            new()
            {
                [nameof(RoundPage.Round)] =
                    BookOf(overview).RoundOf(epoch)
                    ?? throw new PageException(
                        404,
                        $"There is no round of epoch {epoch} among those of which there is evidence; 'tao20 consensus verify "
                            + $"--epoch {epoch}' computes one anew."
                    ),
            }
        );
    }

    private static RegistryBook BookOf(NodeOverview overview) =>
        NodeReadings.SettledOf(overview).Book ?? throw new PageException(404, NothingThere.NoRegistry);
}
