namespace Tao20.Chain.Tests.Registry.Model;

/// <summary>
/// What adversaries make others pay, and what they pay themselves, in gas as <see cref="RegistryGasTests"/> measures it and in stake
/// (source: consensus.md, What is promised: what an attacker makes others pay or do is bounded by what it pays).
/// </summary>
internal sealed class Economics(Network network)
{
    /// <summary>Wei of TAO for a unit of gas, as on the chain: 10 gwei, in rao.</summary>
    private const double RaoPerGas = 10;

    private static readonly Dictionary<string, long> Gas = new()
    {
        [nameof(Operation.Bond)] = 126_467,
        [nameof(Operation.SetAttester)] = 50_558,
        [nameof(Operation.Unbond)] = 129_013,
        [nameof(Operation.Withdraw)] = 91_492,
        [nameof(Operation.Sweep)] = 87_206,
        [nameof(Operation.Commit)] = 65_036,
        [nameof(Operation.Attest)] = 609_419,
        [nameof(Operation.Punish)] = 1_083_741,
        [nameof(Operation.MarkDormant)] = 104_250,
        [nameof(Operation.Wake)] = 101_488,
        [nameof(Operation.Propose)] = 349_800,
        [nameof(Operation.Endorse)] = 94_919,
        [nameof(Operation.Adopt)] = 349_800,
        [nameof(Operation.Lapse)] = 39_538,
    };

    private readonly HashSet<int> _adversaries = [.. network.Others.All];

    /// <summary>Transactions that nodes have sent for what adversaries did, and their gas in rao.</summary>
    public (long Sent, double Rao) Others { get; private set; }

    /// <summary>Transactions of adversaries, and their gas in rao.</summary>
    public (long Sent, double Rao) Own { get; private set; }

    /// <summary>What adversaries have lost of their stake, in rao.</summary>
    public double SlashedRao { get; private set; }

    public void After(Operation operation, string? error, bool byNode)
    {
        if (error is not null || operation is Operation.Advance)
            return;
        var paid = RaoPerGas * Gas[operation.GetType().Name];
        var forThem =
            operation is Operation.Punish { Accused: var accused } && _adversaries.Contains(accused)
            || operation is Operation.MarkDormant { Validator: var sleeper } && _adversaries.Contains(sleeper);
        if (byNode && forThem)
            Others = (Others.Sent + 1, Others.Rao + paid);
        else if (!byNode && _adversaries.Contains(operation.From))
            Own = (Own.Sent + 1, Own.Rao + paid);
    }

    public void Slashed(int validator, long rao) => SlashedRao += _adversaries.Contains(validator) ? rao : 0;

    /// <summary>
    /// Others never pay more than adversaries do: each punishment is for a statement that cost its own gas and a part of a bond, each
    /// marking for a bond or a waking.
    /// </summary>
    public void IsBounded() =>
        Assert.True(Others.Rao <= Own.Rao + SlashedRao, $"others pay {Others.Rao} rao, adversaries {Own.Rao} and {SlashedRao}");
}
