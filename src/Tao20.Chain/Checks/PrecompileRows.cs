using System.Globalization;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.Substrate;
using Tao20.Domain.Checks;
using Tao20.Domain.Units;
using static Tao20.Domain.Checks.ChainAction;
using static Tao20.Domain.Checks.CheckOutcome;

namespace Tao20.Chain.Checks;

/// <summary>What is assumed of the precompiles and of the EVM they are in.</summary>
internal static class PrecompileRows
{
    private const ulong ForwardedGas = 300_000;

    // DELEGATECALL of 0x805 with the calldata; answers with its success flag.
    private const string Delegates = "0x366000600037602060003660006108055af460005260206000f3";

    // MCOPY of nothing.
    private const string CopiesMemory = "0x6000600060005e00";
    private static readonly Address ExampleAddress = Address.Parse("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
    private static readonly Hash256 ExampleAccount = Hash256.Parse("0xc4518fa0ed143e016e4a1410193704924b890de8f854b94c7a6037651ec65dd0");

    public static IReadOnlyList<CheckRow> All { get; } =
    [
        new(7, "Account mapping", "0xf39F..2266 is 0xc451..5dd0", Refuse, ChainActions.Signs, MappingAsync),
        new(8, "Precompiles are on", "none is switched off", Degrade, ChainActions.Signs, AreOnAsync),
        new(9, "Selectors exist", "each function that is used is known", Refuse, ChainActions.Signs, SelectorsAsync),
        new(10, "Frame rule", "DELEGATECALL of 0x805: 1 / 0", Refuse, [Deploy], FramesAsync),
        new(11, "EVM level", "MCOPY is there", Refuse, [Deploy], LevelAsync),
        new(12, "Deploy allowed", "anybody may, or the sender is listed", Refuse, [Deploy], DeployAsync),
    ];

    private static async Task<Finding> MappingAsync(CheckProbe probe)
    {
        var call = new AddressMappingFunction(ExampleAddress).Encode();
        var answer = await probe.CallAsync(Precompiles.AddressMapping, call).ConfigureAwait(false);
        return answer.Bytes is { Length: Hash256.Length } account && new Hash256(account) == ExampleAccount
            ? Finding.Ok($"{ExampleAccount}")
            : Finding.Differs(answer.Refusal ?? $"0x{Convert.ToHexStringLower(answer.Bytes!)}");
    }

    private static async Task<Finding> AreOnAsync(CheckProbe probe)
    {
        List<string> differences = [];
        List<ChainAction> off = [];
        var switched = Precompiles.All.Where(one => one is { Number: { }, Since: 425 }).ToList();
        var values = await probe
            .StorageAsync([.. switched.Select(one => RuntimeStorage.PrecompileEnable.Key(KeyPart.Variant(one.Number!.Value)))])
            .ConfigureAwait(false);
        foreach (var (precompile, value) in switched.Zip(values))
        {
            if (value is null || ScaleReader.Bool(value))
                continue;
            differences.Add($"{precompile.Name} is switched off");
            off.AddRange(UsedFunctions.All.Where(one => one.Precompile == precompile.Address).SelectMany(one => one.Users));
        }

        List<string> deprecated = [];
        if (probe.Later)
        {
            var used = UsedFunctions.All.ToList();
            var answers = await probe
                .CallAsync([
                    .. used.Select(one =>
                        (
                            Precompiles.Registry,
                            new GetPrecompileStatusFunction(one.Precompile, Convert.FromHexString(one.Selector.AsSpan(2))).Encode()
                        )
                    ),
                ])
                .ConfigureAwait(false);
            foreach (var (function, answer) in used.Zip(answers))
            {
                var words = answer.Words;
                if (words.UInt64(1) != 0 && !differences.Exists(one => one.StartsWith(NameOf(function), StringComparison.Ordinal)))
                {
                    differences.Add($"{NameOf(function)}.{function.Signature} is switched off");
                    off.AddRange(function.Users);
                }
                else if (words.UInt64(0) != 0)
                {
                    deprecated.Add($"{NameOf(function)}.{function.Signature}");
                }
            }
        }

        return differences.Count > 0 ? new Finding(Degrade, string.Join("; ", differences), [.. off.Distinct()])
            : deprecated.Count > 0 ? Finding.Warn($"to be given up: {string.Join(", ", deprecated)}")
            : Finding.Ok("all that are used");
    }

    private static string NameOf(UsedFunction function) => Precompiles.All.First(one => one.Address == function.Precompile).Name;

    /// <summary>A selector alone: a function that is there cannot read its arguments, and nothing can come of it.</summary>
    private static async Task<Finding> SelectorsAsync(CheckProbe probe)
    {
        var used = UsedFunctions.All.Where(one => one.Since == 425 || probe.Later).ToList();
        var answers = await probe.CallAsync([.. used.Select(one => (one.Precompile, one.Selector))]).ConfigureAwait(false);
        var missing = used.Zip(answers)
            .Where(pair =>
                pair.Second.Refusal?.Contains("Unknown selector", StringComparison.OrdinalIgnoreCase) == true
                || pair.Second.Bytes is { Length: 0 }
            )
            .Select(pair => pair.First)
            .ToList();
        return missing.Count == 0
            ? Finding.Ok($"{used.Count} functions are known")
            : Finding.Differs(
                string.Join("; ", missing.Select(one => $"{NameOf(one)} does not know {one.Signature}")),
                [.. missing.SelectMany(one => one.Users).Distinct()]
            );
    }

    private static async Task<Finding> FramesAsync(CheckProbe probe)
    {
        var view = new GetStakeFunction(Hash256.Zero, Hash256.Zero, 0).Encode();
        var answer = await probe.CallCodeAsync(Delegates, view, ForwardedGas).ConfigureAwait(false);
        if (answer.Bytes is not { Length: Hash256.Length } flag)
            return Finding.NotAsked("the node does not take code for a call: ask the deployed contract's own view");
        var (taken, expected) = (AbiWords.BigInteger(flag, 0), probe.Later ? 0 : 1);
        return taken == expected
            ? Finding.Ok(taken.ToString(CultureInfo.InvariantCulture))
            : Finding.Differs($"{taken}: contracts behind a DELEGATECALL behave otherwise here");
    }

    private static async Task<Finding> LevelAsync(CheckProbe probe)
    {
        var takesCode = await probe.CallCodeAsync("0x602a60005260206000f3", "0x", ForwardedGas).ConfigureAwait(false);
        if (takesCode.Bytes is not { Length: Hash256.Length })
            return Finding.NotAsked("the node does not take code for a call");
        var answer = await probe.CallCodeAsync(CopiesMemory, "0x", ForwardedGas).ConfigureAwait(false);
        return answer.Refusal is null ? Finding.Ok("it is") : Finding.Differs(answer.Refusal);
    }

    private static async Task<Finding> DeployAsync(CheckProbe probe)
    {
        var values = await probe
            .StorageAsync([RuntimeStorage.DisableWhitelistCheck.Key(), RuntimeStorage.WhitelistedCreators.Key()])
            .ConfigureAwait(false);
        if (values[0] is { } disabled && ScaleReader.Bool(disabled))
            return Finding.Ok("anybody may");
        return probe.Subject.Account is null ? Finding.Differs("only those that are listed may")
            : values[1] is { } listed && listed.AsSpan().IndexOf(probe.Sender.ToBytes()) >= 0 ? Finding.Ok($"{probe.Sender} is listed")
            : Finding.Differs($"{probe.Sender} is not listed: another account has to, or root has to list it");
    }
}
