using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Chain.Tests.Registry.Model;

/// <summary>How large a network is and how long it lives.</summary>
/// <param name="Validators">How many validators there are at first.</param>
/// <param name="Epochs">How many epochs go by.</param>
/// <param name="Keys">How many keys there are beside, for attesting.</param>
internal sealed record NetworkSize(int Validators, int Epochs, int Keys);

/// <summary>An operation that was done to a network's registry.</summary>
/// <param name="Time">When.</param>
/// <param name="Operation">What.</param>
/// <param name="Error">What it was refused with, or null.</param>
internal sealed record Done(long Time, Operation Operation, string? Error);

/// <summary>
/// Validators that keep to the rules and adversaries that use every function of the registry, through epochs (source: consensus.md, What is
/// promised).
/// </summary>
internal sealed class Network
{
    private readonly Random _random;
    private readonly NetworkSize _size;
    private readonly List<(long Time, Func<Operation?> Choose)> _plan = [];
    private readonly Dictionary<Address, int> _numbers;

    /// <summary>A network without a chain.</summary>
    public static Network Of(Random random, NetworkSize size)
    {
        var model = new RegistryModel(RulesOf(random), size.Validators + size.Keys, 5, 1_000_000) { Treasury = size.Validators };
        return new Network(random, size, model);
    }

    public Network(Random random, NetworkSize size, RegistryModel model, bool keepsRecord = false)
    {
        (_random, _size) = (random, size);
        Record = keepsRecord ? [] : null;
        Model = model;
        Statements = new Statements(random);
        (IsHonest, var bonds) = Draw();
        Nodes = new Honest(this, random, bonds);
        Others = new Adversaries(this, random, bonds);
        Promises = new Promises(this);
        Economics = new Economics(this);
        _numbers = Enumerable.Range(0, model.Accounts.Count).ToDictionary(model.AddressOf);
        Book = new BookOfNetwork(this);
        Model.Tell = Book.Take;
        Model.Begin();
    }

    /// <summary>The number of an account.</summary>
    public int NumberOf(Address account) => _numbers[account];

    /// <summary>What a node knows of it.</summary>
    public BookOfNetwork Book { get; }

    public RegistryModel Model { get; }

    public Statements Statements { get; }

    /// <summary>Which validators keep to the rules.</summary>
    public IReadOnlyList<bool> IsHonest { get; }

    public int Validators => _size.Validators;

    /// <summary>What is true of the newest epoch that is over.</summary>
    public Stated Truth { get; private set; } = null!;

    /// <summary>What adversaries say of it together.</summary>
    public Stated Lie { get; private set; } = null!;

    public Honest Nodes { get; }

    public Adversaries Others { get; }

    /// <summary>How often which operation was done, and how often tried.</summary>
    public SortedDictionary<string, (int Done, int Tried)> Counts { get; } = [];

    public Promises Promises { get; }

    /// <summary>What each side has paid, and for what.</summary>
    public Economics Economics { get; }

    /// <summary>All that was done, where it is kept.</summary>
    public List<Done>? Record { get; }

    /// <summary>Lives through all epochs.</summary>
    public void Run()
    {
        var start = Model.Now + 1;
        Nodes.Begin(start);
        Others.Begin(start);
        Play();
        for (var i = 0; i < _size.Epochs; i++)
        {
            var closes = Math.Max(Model.Now + 1, Model.ClosedAt + 3_600 + _random.Next(30));
            At(closes, () => new Operation.Advance());
            Watch(closes, Close);
            var (reveals, ends) = (closes + (long)Model.Rules.Commit, closes + (long)(Model.Rules.Commit + Model.Rules.Reveal));
            Nodes.Plan(closes, reveals, ends);
            Others.Plan(closes, reveals, ends);
            Watch(ends - 1, Promises.RevealIsOver);
            Watch(closes + 3_550, Promises.DutiesAreDone);
            Watch(closes + 3_550, Book.IsRight);
            Play();
        }
    }

    /// <summary>Has something be chosen and done at a time.</summary>
    public void At(long time, Func<Operation?> choose) => _plan.Add((time, choose));

    /// <summary>Has something be looked at at a time, or several things be done.</summary>
    public void Watch(long time, Action look) =>
        At(
            time,
            () =>
            {
                look();
                return null;
            }
        );

    /// <summary>Does something now.</summary>
    /// <param name="operation">What.</param>
    /// <param name="byNode">Whether a node of who keeps to the rules does it.</param>
    public string? Do(Operation operation, bool byNode = false)
    {
        Promises.Before(operation);
        var error = operation.On(Model);
        var (done, tried) = Counts.GetValueOrDefault(operation.GetType().Name);
        Counts[operation.GetType().Name] = (done + (error is null ? 1 : 0), tried + 1);
        Record?.Add(new Done(Model.Now, operation, error));
        Economics.After(operation, error, byNode);
        Promises.After(operation, error);
        return error;
    }

    private void Close()
    {
        Truth = Statements.Truth(Model.Epoch - 1, Model.TextOf(Model.Epoch - 1));
        Lie = Statements.Lie(Truth);
        Promises.Closed();
    }

    private void Play()
    {
        // What is planned while it is played comes in its turn.
        while (_plan.Count > 0)
        {
            var next = _plan.MinBy(one => one.Time);
            _plan.Remove(next);
            Model.Now = Math.Max(Model.Now, next.Time);
            if (next.Choose() is { } operation)
                Do(operation);
        }
    }

    public static RegistryRules RulesOf(Random random)
    {
        var evidence = (ulong)random.Next(2, 10) * 3_600;
        return new RegistryRules
        {
            Evidence = evidence,
            Unbonding = evidence + (ulong)random.Next(1, 4) * 3_600,
            DormantRounds = random.Next(3, 9),
        };
    }

    /// <summary>Who keeps to the rules, and what each bonds: from equal to extremely skewed.</summary>
    private (bool[] Honest, long[] Bonds) Draw()
    {
        var skew = _random.Next(3);
        var bonds = new long[_size.Validators];
        for (var i = 0; i < bonds.Length; i++)
        {
            var tao = skew switch
            {
                0 => 1_000,
                1 => 1_000 + _random.Next(2_000),
                _ => 1_000 * Math.Pow(10, _random.NextDouble() * 3),
            };
            bonds[i] = (long)(tao * RegistryModel.Tao);
        }

        // Adversaries up to a third of all bonds, up to two thirds, or nearly all.
        var share = new[] { 0.33, 0.33, 0.6, 0.95 }[_random.Next(4)];
        var honest = Enumerable.Repeat(true, bonds.Length).ToArray();
        var (held, all) = (0L, bonds.Sum());
        foreach (var i in Enumerable.Range(0, bonds.Length).OrderBy(_ => _random.Next()))
        {
            if (held + bonds[i] >= all * share)
                continue;
            honest[i] = false;
            held += bonds[i];
        }

        return (honest, bonds);
    }
}
