using Nethereum.Contracts;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>A registry, and an account in it, at one block.</summary>
/// <param name="Index">The index contract whose epochs it goes by.</param>
/// <param name="Rules">What it goes by.</param>
/// <param name="Account">What it knows of the account.</param>
/// <param name="CreditWei">What else it owes the account, in wei: deposits that came back, and to the treasury what was slashed.</param>
/// <param name="Epoch">The epoch that runs.</param>
/// <param name="LatestVersion">The number of the latest parameters.</param>
/// <param name="Proposals">How many proposals there have been.</param>
public sealed record RegistryView(
    Address Index,
    RegistryRules Rules,
    RegistryAccount Account,
    Wei CreditWei,
    EpochId Epoch,
    long LatestVersion,
    long Proposals
);

/// <summary>A proposal as the registry has it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Key">What is endorsed.</param>
/// <param name="FromEpoch">The first epoch it would hold for.</param>
/// <param name="Epoch">The epoch it was made in.</param>
/// <param name="Version">The latest version at that time.</param>
/// <param name="IsDone">Whether it is adopted or has lapsed.</param>
/// <param name="IsEndorsed">Whether the account has endorsed it.</param>
public sealed record ProposalView(long Number, Hash256 Key, EpochId FromEpoch, EpochId Epoch, long Version, bool IsDone, bool IsEndorsed)
{
    /// <summary>Whether it can still be adopted.</summary>
    public bool IsOpen(RegistryView view) =>
        !IsDone && Version == view.LatestVersion && view.Epoch.Value <= Epoch.Value + ParameterBook.AdoptableEpochs;
}

/// <summary>Asks a registry (source: Contracts/Registry in Tao20.Devnet).</summary>
/// <param name="pool">The endpoints.</param>
/// <param name="registry">The registry.</param>
public sealed class RegistryReader(EndpointPool pool, Address registry)
{
    private const int WordsOfRules = 9;
    private const int WordsOfAccount = 6;
    private const int WordsOfProposal = 9;

    /// <summary>The registry, and an account in it.</summary>
    /// <exception cref="ChainException">No endpoint gives it.</exception>
    /// <exception cref="FormatException">It is no registry.</exception>
    public async Task<RegistryView> ReadAsync(Address account, BlockHeader at, CancellationToken cancel)
    {
        AbiData rules = default,
            known = default;
        var (index, epoch) = (default(Address), 0UL);
        var (credit, version, proposals) = (Wei.Zero, 0UL, 0UL);
        var answered = 0;
        await pool.SendAtAsync(
                at.Number,
                at.Hash,
                [
                    Ask(new IndexFunction(), 1, words => index = words.Address(0)),
                    Ask(new RegistryRulesFunction(), WordsOfRules, words => rules = words),
                    Ask(new RegistryAccountOfFunction(account), WordsOfAccount, words => known = words),
                    Ask(new RegistryCreditOfFunction(account), 1, words => credit = words.Wei(0)),
                    Ask(new RegistryLatestVersionFunction(), 1, words => version = words.UInt64(0)),
                    Ask(new RegistryProposalCountFunction(), 1, words => proposals = words.UInt64(0)),
                ],
                cancel
            )
            .ConfigureAwait(false);
        if (answered < 6)
            throw new FormatException($"{registry} does not answer as a ValidatorRegistry does");
        await pool.SendAtAsync(
                at.Number,
                at.Hash,
                [EthCalls.CallAt(index, new GetEpochInfoFunction().Encode(), at.Number, bytes => epoch = new AbiData(bytes).UInt64(0))],
                cancel
            )
            .ConfigureAwait(false);
        return new RegistryView(index, RulesOf(rules), AccountOf(known), credit, new EpochId(epoch), (long)version, (long)proposals);

        RpcCall Ask<TFunction>(TFunction function, int words, Action<AbiData> take)
            where TFunction : FunctionMessage =>
            EthCalls.TryCallAt(
                registry,
                function.Encode(),
                at.Number,
                data =>
                {
                    _ = data.Integer(words - 1);
                    answered++;
                    take(data);
                }
            );
    }

    /// <summary>Proposals of a registry, and whether an account has endorsed each.</summary>
    /// <exception cref="ChainException">No endpoint gives it.</exception>
    public async Task<IReadOnlyList<ProposalView>> ProposalsAsync(
        IReadOnlyList<long> numbers,
        Address account,
        BlockHeader at,
        CancellationToken cancel
    )
    {
        var (proposals, endorsed) = (new AbiData[numbers.Count], new bool[numbers.Count]);
        var calls = numbers
            .SelectMany(
                (number, i) =>
                    (RpcCall[])
                        [
                            EthCalls.CallAt(
                                registry,
                                new RegistryProposalOfFunction(number).Encode(),
                                at.Number,
                                bytes => proposals[i] = Checked(bytes)
                            ),
                            EthCalls.CallAt(
                                registry,
                                new RegistryHasEndorsedFunction(number, account).Encode(),
                                at.Number,
                                bytes => endorsed[i] = new AbiData(bytes).UInt64(0) == 1
                            ),
                        ]
            )
            .ToList();
        if (calls.Count > 0)
            await pool.SendAtAsync(at.Number, at.Hash, calls, cancel).ConfigureAwait(false);
        return
        [
            .. numbers.Select(
                (number, i) =>
                    new ProposalView(
                        number,
                        proposals[i].Hash(0),
                        new EpochId(proposals[i].UInt64(4)),
                        new EpochId(proposals[i].UInt64(5)),
                        (long)proposals[i].UInt64(6),
                        proposals[i].UInt64(3) == 1,
                        endorsed[i]
                    )
            ),
        ];

        static AbiData Checked(byte[] bytes)
        {
            var data = new AbiData(bytes);
            _ = data.Integer(WordsOfProposal - 1);
            return data;
        }
    }

    /// <summary>All that the registry has logged about parameters up to a block, in chain order.</summary>
    /// <exception cref="ChainException">No endpoint gives it.</exception>
    /// <exception cref="FormatException">It says what cannot be read.</exception>
    public async Task<ParameterHistory> ParametersAsync(ulong from, ulong to, CancellationToken cancel)
    {
        var facts = await RegistryLogs.FactsAsync(pool, registry, from, to, cancel).ConfigureAwait(false);
        return new ParameterHistory(
            [.. facts.OfType<RegistryFact.ParametersScheduled>()],
            facts.OfType<RegistryFact.Proposed>().ToDictionary(proposed => proposed.Number)
        );
    }

    private static RegistryRules RulesOf(AbiData words) =>
        new(
            words.Wei(0),
            (int)words.UInt64(1),
            words.UInt64(2),
            words.UInt64(3),
            words.UInt64(4),
            words.UInt64(5),
            (int)words.UInt64(6),
            words.Wei(7),
            words.Address(8)
        );

    private static RegistryAccount AccountOf(AbiData words)
    {
        var attester = words.Address(2);
        return new RegistryAccount(
            words.Wei(0),
            words.Wei(1),
            words.UInt64(3),
            attester == default ? null : attester,
            words.UInt64(4) == 1,
            (long)words.UInt64(5)
        );
    }
}

/// <summary>What a registry has logged about parameters.</summary>
/// <param name="Scheduled">What holds from which epoch on, in the order in which it was scheduled.</param>
/// <param name="Proposed">What was ever proposed, by its number.</param>
public sealed record ParameterHistory(
    IReadOnlyList<RegistryFact.ParametersScheduled> Scheduled,
    IReadOnlyDictionary<long, RegistryFact.Proposed> Proposed
);
