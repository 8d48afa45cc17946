using Tao20.Actors.Tests.Transactions;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Weights;

namespace Tao20.Actors.Tests.Consensus;

/// <summary>The weights of one validator through many epochs of a subnet that takes them by commit and reveal.</summary>
public sealed class WeightsEpochsTests() : OnOneChain(1)
{
    private const ushort Netuid = 20;
    private const int Epochs = 7;
    private const ulong Tempo = 20;

    [Fact]
    public async Task They_are_set_in_their_windows_epoch_after_epoch_also_where_epochs_are_put_off_and_UIDs_go_to_others()
    {
        await Anvil.Client.ExecuteAsync(await ValidatorSet.CommitRevealAsync(Economy, Netuid, None), ++Time, None);
        var begun = await Anvil.Client.BlockNumberAsync(None) - 1;

        // Every second epoch of the subnet that is due is put off, by one block or by several.
        var due = begun;
        List<DevnetTransaction> deferrals = [];
        for (ulong i = 0; i < 60; i++)
        {
            due += Tempo;
            var blocks = i % 2 == 0 ? 0 : i % 5 + 1;
            deferrals.Add(SubtensorMock.Set(Economy.Keeper, "deferEpoch", Netuid, due, blocks));
            due += blocks;
        }

        await Anvil.Client.ExecuteAsync(deferrals, ++Time, None);
        await StartAsync();
        var gone = new HashSet<ushort>();
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            await TradeAsync();
            await CloseAsync();

            // After the end of the epoch, and before its weights are sent, the UID of a miner goes to a newcomer.
            ushort? recycled = epoch is 2 or 4 ? (ushort)(epoch / 2) : null;
            if (recycled is { } uid)
            {
                await Anvil.Client.ExecuteAsync(
                    [SubtensorMock.Set(Economy.Keeper, "recycle", Netuid, uid, Keccak.Hash([(byte)epoch]))],
                    ++Time,
                    None
                );
            }

            var set = await WeightsAsync(0, WeightsStage.Set, epoch);
            Assert.Equal(recycled is { } one ? [one] : [], set.Recycled);
            gone.UnionWith(set.Recycled);
            Assert.DoesNotContain(set.Weights, weight => gone.Contains(weight.Uid));
            Assert.Equal(3 - gone.Count, set.Weights.Count(weight => weight.Weight > 0));
            Assert.Equal(set.Weights, await ValidatorSet.WeightsAsync(Economy, Netuid, ValidatorSet.UidOf(Economy, 0), None));
        }

        // For each epoch a commit and a reveal: none was refused and sent again.
        Assert.Equal(2 * Epochs, await Anvil.SentAsync(Validators.Keys[0].Address, Precompiles.Neuron));
        var state = await WeightsStateAsync(0);
        Assert.Empty(state.Alarms);
        Assert.All(state.Recent, progress => Assert.InRange(progress.Attempts, 1, 1));
    }
}
