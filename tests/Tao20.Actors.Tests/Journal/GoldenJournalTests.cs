using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Microsoft.Data.Sqlite;
using Tao20.Actors.Arbitrage;
using Tao20.Actors.Consensus;
using Tao20.Actors.Hosting;
using Tao20.Actors.Pricing;
using Tao20.Actors.Tests.Serialization;
using Tao20.Domain.Alerts;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Coordination;
using Tao20.Domain.Index;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Transactions;
using Tao20.Domain.Volume;
using Tao20.Domain.Weights;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Tests.Journal;

/// <summary>
/// Journals and messages written by an earlier version are read for ever. Each golden journal was written by a real node on a local chain;
/// beside it stands, for every persistence id, the hash of the state that version folded from it. To record a new one after a change of
/// format, run these tests with <c>TAO20_RECORD_GOLDEN=1</c> and keep the old files.
/// </summary>
[Trait("Category", "Fast")]
public sealed class GoldenJournalTests : TestKit
{
    private readonly Tao20Serializer _serializer;

    public GoldenJournalTests() => _serializer = new Tao20Serializer((ExtendedActorSystem)Sys);

    [Theory]
    [InlineData("validator-2026-11")]
    [InlineData("validator-2026-11-28")]
    [InlineData("validator-2026-11-28-heads")]
    [InlineData("validator-2026-11-29")]
    [InlineData("miner-2026-11")]
    [InlineData("miner-2026-11-29")]
    [InlineData("miner-2026-11-30")]
    public void A_journal_of_an_earlier_version_folds_to_the_states_that_version_had(string name)
    {
        var states = Fold(name).Select(state => $"{state.Key} {Hash(_serializer.ToBinary(state.Value))}");
        AssertGolden($"{name}.states.txt", states);
    }

    /// <summary>Whatever form states have by now: what an earlier version counted is counted still, to the wei.</summary>
    [Theory]
    [InlineData("validator-2026-11")]
    [InlineData("validator-2026-11-28")]
    [InlineData("validator-2026-11-28-heads")]
    [InlineData("validator-2026-11-29")]
    [InlineData("miner-2026-11")]
    [InlineData("miner-2026-11-29")]
    [InlineData("miner-2026-11-30")]
    public void A_journal_of_an_earlier_version_counts_what_that_version_counted(string name)
    {
        var volumes = Fold(name)
            .Select(state => state.Value)
            .OfType<MinerVolumeSnapshot>()
            .SelectMany(miner =>
                miner
                    .Closed.Append(miner.Open)
                    .Select(epoch => $"{epoch.Epoch} {epoch.AllTrades} {epoch.MintEligible} {epoch.RedeemEligible}")
                    .Prepend($"{miner.Miner} {miner.Mints.Wei + miner.Redemptions.Wei} {miner.LifetimeEligible}")
            );
        AssertGolden($"{name}.volumes.txt", volumes);
    }

    [Fact]
    public void A_message_of_this_version_is_read_and_written_as_it_is()
    {
        const string file = "messages-2026-11-30.txt";
        if (Recording)
            File.WriteAllLines(
                GoldenPath(file),
                Samples.All().Select(sample => $"{_serializer.Manifest(sample)} {Convert.ToHexStringLower(_serializer.ToBinary(sample))}")
            );
        foreach (var line in File.ReadLines(GoldenPath(file)))
        {
            var (manifest, bytes) = (line.Split(' ')[0], Convert.FromHexString(line.Split(' ')[1]));
            var read = _serializer.FromBinary(bytes, manifest);
            Assert.Equal(line, $"{_serializer.Manifest(read)} {Convert.ToHexStringLower(_serializer.ToBinary(read))}");
        }
    }

    [Theory]
    [InlineData("messages-2026-11.txt")]
    [InlineData("messages-2026-11-28.txt")]
    [InlineData("messages-2026-11-28-heads.txt")]
    [InlineData("messages-2026-11-28-known.txt")]
    public void A_message_of_an_earlier_version_is_read_and_written_as_it_was_or_as_it_is_now(string file)
    {
        foreach (var line in File.ReadLines(GoldenPath(file)))
        {
            var (manifest, bytes) = (line.Split(' ')[0], Convert.FromHexString(line.Split(' ')[1]));
            var read = _serializer.FromBinary(bytes, manifest);
            if (read is CoordinatorEvent.FirstRegistryTold)
                continue;
            var written = _serializer.ToBinary(read);
            Assert.Equal(manifest, _serializer.Manifest(read));
            if (Changed.Contains(manifest))
                Assert.Equal(written, _serializer.ToBinary(_serializer.FromBinary(written, manifest)));
            else
                Assert.Equal(line, $"{manifest} {Convert.ToHexStringLower(written)}");
        }
    }

    // They held the rules of rounds of the first registry, or its book, or the first rules of round trips and no running hashes.
    private static readonly string[] Changed =
    [
        "cursor",
        "epoch-settled",
        "epoch-volume",
        "fold-batch",
        "miner-summary",
        "miner-volume",
        "weigh-epoch",
        "range-folded",
        "trades-folded",
        "follower-status",
        "parameters-adopted",
        "settle-epoch",
        "settled",
        "settled-epochs",
    ];

    private static bool Recording => Environment.GetEnvironmentVariable("TAO20_RECORD_GOLDEN") == "1";

    /// <summary>Unpacks a golden journal into a file.</summary>
    internal static void Unpack(string name, string file)
    {
        using var packed = new GZipStream(File.OpenRead(GoldenPath($"{name}.db.gz")), CompressionMode.Decompress);
        using var unpacked = File.Create(file);
        packed.CopyTo(unpacked);
    }

    /// <summary>The last state of every persistence id of a golden journal, folded from its first event.</summary>
    private SortedDictionary<string, object> Fold(string name)
    {
        var states = new SortedDictionary<string, object>(StringComparer.Ordinal);
        var file = Path.Combine(Path.GetTempPath(), $"tao20-golden-{Guid.NewGuid():N}.db");
        try
        {
            Unpack(name, file);
            using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT persistence_id, manifest, message FROM journal ORDER BY ordering";
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                var id = rows.GetString(0);
                var e = _serializer.FromBinary((byte[])rows.GetValue(2), rows.GetString(1));
                states[id] = Evolve(id, states.GetValueOrDefault(id), e);
            }
        }
        finally
        {
            File.Delete(file);
        }

        return new(states.ToDictionary(state => state.Key, state => state.Value is MinerVolume volume ? volume.ToSnapshot() : state.Value));
    }

    private static object Evolve(string id, object? state, object e) =>
        e switch
        {
            TradesFolded folded => ((MinerVolume?)state ?? MinerVolume.Initial(Address.Parse(id["miner-".Length..]))).Evolve(folded),
            CursorEvent moved => ((CursorState?)state ?? CursorState.Initial).Evolve(moved),
            CoordinatorEvent told => ((CoordinatorState?)state ?? CoordinatorState.Initial(FollowsRegistry(told))).Evolve(told),
            WeightsMoved moved => ((WeightsState?)state ?? WeightsState.Initial).Evolve(moved.Progress),
            AccountMoved moved => moved.Events.Aggregate(
                (ArbitrageState?)state ?? ArbitrageState.Initial,
                (account, one) => account.Evolve(one)
            ),
            PriceNoted noted => ((PriceHistory?)state ?? PriceHistory.Empty).After(noted),
            DutyCounted counted => ((IndexDutyBudget?)state ?? IndexDutyBudget.Initial).Evolve(counted),
            AlertEvent told => ((AlertState?)state ?? AlertState.Initial).Evolve(told),
            OutboxEvent intent => ((OutboxState?)state ?? OutboxState.Initial).Evolve(intent),
            _ => throw new ArgumentException($"A {e.GetType().Name} in {id} is not known here.", nameof(e)),
        };

    /// <summary>A validator's first event is of the registry it follows; a node that follows none never queues a fact.</summary>
    private static bool FollowsRegistry(CoordinatorEvent first) => first is CoordinatorEvent.FactsQueued;

    private static void AssertGolden(string file, IEnumerable<string> actual)
    {
        if (Recording)
            File.WriteAllLines(GoldenPath(file), actual);
        Assert.Equal(File.ReadAllLines(GoldenPath(file)), actual);
    }

    private static string Hash(byte[] bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes.Length} {Convert.ToHexStringLower(SHA256.HashData(bytes))}");

    private static string GoldenPath(string file, [System.Runtime.CompilerServices.CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Golden", file);
}
