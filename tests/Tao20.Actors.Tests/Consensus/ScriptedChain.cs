using System.Buffers;
using Tao20.Chain.Abi;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Tao20.Domain.Weights;

namespace Tao20.Actors.Tests.Consensus;

/// <summary>
/// A chain at random, of sixty epochs: trades of five miners, many of which cancel out, four validators that commit, state and are
/// punished, and two changes of the parameters, which hold from epochs within it.
/// </summary>
internal sealed class ScriptedChain
{
    /// <summary>How many versions of the parameters it has.</summary>
    public const int Versions = 3;

    private const int Epochs = 60;
    private const ulong EpochSeconds = 1_300;
    private const ulong BlockSeconds = 300;
    private const int Validators = 4;
    private readonly Random _random;
    private readonly List<Trade> _trades = [];
    private readonly List<ClosedEpoch> _ends = [];
    private readonly List<RegistryLog> _facts = [];
    private readonly List<ulong> _times = [0];
    private uint _index;

    public ScriptedChain(Random random)
    {
        _random = random;
        First = new RegistryFact.ParametersScheduled(1_000, 1, default, Text(25));
        Begin();
        for (ulong epoch = 0; epoch < Epochs; epoch++)
            Live(epoch);
    }

    /// <summary>The parameters that the registry was created with.</summary>
    public RegistryFact.ParametersScheduled First { get; }

    /// <summary>The last block.</summary>
    public int Head => _times.Count - 1;

    private ulong Now => _times[^1];

    private Position Next => new((ulong)Head, _index++);

    /// <summary>What is logged in these blocks, both included.</summary>
    public TradeRange Range(int first, int last)
    {
        return new TradeRange(
            Header(first),
            Header(last),
            new ReadOnlySequence<Trade>([.. _trades.Where(trade => IsIn(trade.Position))]),
            [.. _ends.Where(end => IsIn(end.ClosedAt))],
            new Dictionary<Address, ChainCounter>(),
            [.. _facts.Where(log => IsIn(log.At))],
            [],
            0,
            0,
            "#1 node"
        );

        bool IsIn(Position at) => at.Block >= (ulong)first && at.Block <= (ulong)last;
    }

    /// <summary>How many epochs end in these blocks.</summary>
    public int EndsIn(int first, int last) => _ends.Count(end => end.ClosedAt.Block >= (ulong)first && end.ClosedAt.Block <= (ulong)last);

    private BlockHeader Header(int block) => new((ulong)block, HashOf(block), HashOf(block - 1), _times[Math.Max(0, block)]);

    private static Hash256 HashOf(int number) => Keccak.Hash(BitConverter.GetBytes(number));

    private static Address Account(int i) => Address.Parse($"0x{i:x40}");

    private static string Text(int tierPercent) =>
        (
            DomainParameters.Default with
            {
                Rewards = DomainParameters.Default.Rewards with { TierPercent = tierPercent },
                Eligibility = DomainParameters.Default.Eligibility with { RoundTripSeconds = 20 * tierPercent },
            }
        ).Text();

    private void Begin()
    {
        Mine();
        Say(time => new RegistryFact.Created(time, new RegistryRules(Wei.OneTao, 3, 600, 600, 108_000, 129_600, 48, Wei.OneTao, default)));
        Say(_ => First);
        for (var i = 1; i <= Validators; i++)
        {
            var (account, bond) = (Account(100 + i), Wei.From(Wei.OneTao.Value * (ulong)_random.Next(1_000, 1_200)));
            Say(time => new RegistryFact.Bonded(time, account, RegistryAccount.None with { Bond = bond }));
        }
    }

    private void Live(ulong epoch)
    {
        var ends = _times[^1] + EpochSeconds;
        while (Now + BlockSeconds < ends)
        {
            Mine();
            for (var count = _random.Next(5); count > 0; count--)
                Trade();
        }

        // The parameters of epochs 50 and 55 are decided in time; the second time there are others before, which hold no more.
        if (epoch is 1 or 6)
            Say(time => new RegistryFact.ParametersScheduled(
                time,
                epoch == 1 ? 2 : 3,
                new EpochId(epoch + 49),
                Text(epoch == 1 ? 30 : 20)
            ));
        Mine();
        _ends.Add(new ClosedEpoch(new EpochId(epoch), new EpochId(epoch + 1), Next, Now) { LastBlockHash = HashOf(Head - 1) });
        if (epoch > 0)
            Round((long)epoch, new EpochId(epoch), Now);
    }

    private void Round(long number, EpochId epoch, ulong closedAt)
    {
        Say(time => new RegistryFact.RoundOpened(time, number, epoch, closedAt, 4_000 * Wei.OneTao.Value));
        var there = Enumerable.Range(1, Validators).Where(_ => _random.Next(8) > 0).Select(i => Account(100 + i)).ToList();
        foreach (var validator in there)
            Say(time => new RegistryFact.Committed(time, number, validator, HashOf(_random.Next())));
        Mine();
        var (same, other) = (Stated(epoch, 1_000), Stated(epoch, 1_500));
        var truthful = 0;
        foreach (var validator in there)
        {
            var lies = _random.Next(12) == 0;
            truthful += lies ? 0 : 1;
            Say(time => new RegistryFact.Attested(
                time,
                number,
                validator,
                HashOf(lies ? 2 : 1),
                1_000 * Wei.OneTao.Value,
                lies ? other : same
            ));
            if (lies)
                Say(time => new RegistryFact.Slashed(time, number, validator, Severity.Minor, 0, Wei.OneTao.Value / 100));
        }

        if (truthful >= 3)
            Say(time => new RegistryFact.Settled(time, number, HashOf(1)));
    }

    private static Stated Stated(EpochId epoch, ulong nav) =>
        new(
            new Statement(epoch, 300, HashOf(3), TaoPerToken.From(nav), Wei.OneTao, HashOf(4), HashOf(5), HashOf(6)),
            [new SubnetWeight(1, 65_535)]
        );

    private void Trade()
    {
        var amount = Wei.From(Wei.OneTao.Value * (ulong)_random.Next(0, 40) / 20);
        _trades.Add(
            new Trade(
                Next,
                default,
                HashOf(_trades.Count),
                Account(_random.Next(1, 6)),
                (TradeSide)_random.Next(2),
                amount,
                amount,
                TaoPerToken.From(Wei.OneTao.Value),
                Now
            )
        );
    }

    private void Say(Func<ulong, RegistryFact> fact) => _facts.Add(new RegistryLog(Next, fact(Now)));

    private void Mine()
    {
        _times.Add((_times.Count == 1 ? 1_700_000_000 : Now) + BlockSeconds);
        _index = 0;
    }
}
