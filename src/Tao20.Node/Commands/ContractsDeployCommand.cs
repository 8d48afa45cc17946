using System.CommandLine;
using System.Globalization;
using Tao20.Chain.Accounts;
using Tao20.Chain.Checks;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Runtime;
using Tao20.Domain.Checks;
using Tao20.Domain.Index;
using Tao20.Domain.Transactions;
using Tao20.Node.Accounts;
using Tao20.Node.Configuration;
using Tao20.Node.Index;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 contracts deploy</c>: makes the contracts of an index by a plan, up to its first mint.</summary>
internal static class ContractsDeployCommand
{
    private const int BlocksToWaitForOthers = 20;

    public static Command Create()
    {
        var (rpc, hocon, json) = (EndpointOptions.Rpc(), NodeOptions.Hocon(), NodeOptions.Json());
        var key = new AccountKeyOptions();
        var plan = new Option<FileInfo>("--plan")
        {
            Description =
                "File with targets (netuid, weight, hotkey), owner, guardian, genesisTao, and on a chain that is tried out times; what "
                + "'index compose --json' prints can be completed to one",
            HelpName = "FILE",
            Required = true,
        };
        var state = new Option<FileInfo>("--state")
        {
            Description = "File that remembers which deployment is being made (default: that of the plan with .state.json behind it)",
            HelpName = "FILE",
        };
        var hotkey = new Option<string>("--hotkey") { Description = "The hotkey of targets that name none", HelpName = "HOTKEY" };
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Only print the addresses, what is left to do, and what the next transaction costs at most",
        };
        var deploy = new Command(
            "deploy",
            "Make the contracts of an index, seed it, and mint the first tokens; goes on where it was interrupted"
        )
        {
            rpc,
            plan,
            state,
            hotkey,
            key.KeyFile,
            key.Keystore,
            key.Password,
            hocon,
            dryRun,
            json,
        };
        deploy.SetAction(
            async (parsed, cancel) =>
            {
                var file = parsed.GetValue(plan)!;
                var (wanted, hash) = await DeploymentPlanFile.ReadAsync(file, HotkeyText.OfOption(parsed.GetValue(hotkey)), cancel);
                var signer = key.Load(parsed);
                var (bounds, fees) = EndpointOptions.ReadBounds(parsed.GetValue(hocon));
                await using var chain = EndpointOptions.Connect(EndpointOptions.Read(parsed.GetValue(rpc)!));
                var subject = new CheckSubject
                {
                    Account = signer.Address,
                    Netuids = [.. wanted.Targets.Select(target => target.Netuid)],
                    Fees = fees,
                    Bounds = bounds,
                };
                var account = await CheckedAccount.OpenAsync(chain, signer, subject, cancel);
                await RequireDefaultsAsync(chain, cancel);
                var remembered = parsed.GetValue(state) ?? new FileInfo(file.FullName + ".state.json");
                var begun = DeploymentState.Read(remembered, account.ChainId, signer.Address, hash);
                var first = await WaitForOthersAsync(chain, signer.Address, cancel);
                var deployment = begun ?? new DeploymentState(account.ChainId, signer.Address.ToString(), first, hash);
                var run = new Run(
                    chain,
                    account.Sender,
                    wanted,
                    deployment.Addresses,
                    LegRules.Of(chain.Runtime.Profile, fees.LegGas),
                    parsed.GetValue(json) ? Console.Error : Console.Out
                );
                try
                {
                    var document = parsed.GetValue(dryRun)
                        ? await run.PlanAsync(cancel)
                        : await run.GoOnAsync(
                            () =>
                            {
                                if (begun is null)
                                    deployment.Write(remembered);
                                begun = deployment;
                            },
                            cancel
                        );
                    EndpointOptions.Print(parsed.GetValue(json), document, document.Lines());
                    return ExitCodes.Ok;
                }
                catch (TransactionRefusedException e)
                {
                    throw account.Refused(ChainAction.Deploy, $"It is not sent: {ManagerErrors.Explain(e.Message)}.", e);
                }
            }
        );
        return deploy;
    }

    /// <summary>What an index takes absent values for has to be what the runtime takes them for: it is made for good.</summary>
    private static async Task RequireDefaultsAsync(ChainConnection chain, CancellationToken cancel)
    {
        var difference = await chain.Runtime.MetadataAsync(cancel) is { } metadata
            ? RuntimeDefaults.Difference(metadata)
            : "no endpoint of --rpc tells the runtime's metadata";
        if (difference is not null)
            throw new NodeException(
                ExitCodes.WrongChain,
                $"What the runtime takes absent values for is not proved: {difference}. Nothing is deployed."
            );
    }

    /// <summary>What was sent before, and is not mined yet, would be taken for not sent.</summary>
    /// <returns>The account's next nonce.</returns>
    private static async Task<ulong> WaitForOthersAsync(ChainConnection chain, Domain.Units.Address account, CancellationToken cancel)
    {
        chain.Head.Start();
        for (var blocks = 0; blocks < BlocksToWaitForOthers; blocks++)
        {
            var moved = chain.Head.MovedAsync(cancel);
            ulong pending = 0,
                latest = 0;
            await chain.Pool.SendAsync(
                [
                    AccountCalls.Nonce(account, "pending", found => pending = found),
                    AccountCalls.Nonce(account, "latest", found => latest = found),
                ],
                cancel
            );
            if (pending <= latest)
                return latest;
            await Console.Error.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"tao20: {pending - latest} transactions of {account} wait to be mined; waiting for them."
                )
            );
            await moved;
        }

        throw new NodeException(
            ExitCodes.Failed,
            $"Transactions of {account} are not mined after {BlocksToWaitForOthers} blocks: see what they are, or raise their fee."
        );
    }

    /// <summary>A deployment that is being made.</summary>
    private sealed class Run(
        ChainConnection chain,
        SingleTransaction single,
        DeploymentPlan plan,
        DeploymentAddresses addresses,
        LegRules rules,
        TextWriter progress
    )
    {
        private readonly DeploymentReader _reader = new(chain.Pool);

        /// <summary>What would be done.</summary>
        public async Task<DeploymentDocument> PlanAsync(CancellationToken cancel)
        {
            var view = await ReadAsync(cancel);
            var prepared = DeploymentSteps.Next(plan, view, rules) switch
            {
                DeploymentStep.Stuck(var reason) => throw new NodeException(ExitCodes.Failed, $"It cannot go on: {reason}."),
                DeploymentStep.Done or DeploymentStep.Wait => null,
                var step => await single.PrepareAsync(Intent(step), cancel),
            };
            return DeploymentDocument.Of(addresses, view, [.. DeploymentSteps.Left(plan, view, rules)], prepared);
        }

        /// <summary>Does what is left, step by step.</summary>
        public async Task<DeploymentDocument> GoOnAsync(Action remember, CancellationToken cancel)
        {
            string? said = null;
            while (true)
            {
                var moved = chain.Head.MovedAsync(cancel);
                var view = await ReadAsync(cancel);
                switch (DeploymentSteps.Next(plan, view, rules))
                {
                    case DeploymentStep.Done:
                        return DeploymentDocument.Of(addresses, view, [], null);
                    case DeploymentStep.Stuck(var reason):
                        throw new NodeException(ExitCodes.Failed, $"It cannot go on: {reason}.");
                    case DeploymentStep.Wait(_, var reason):
                        if (reason != said)
                            await progress.WriteLineAsync($"waiting: {said = reason}; it can be interrupted and goes on when run again");
                        await moved;
                        break;
                    case var step:
                        var prepared = await single.PrepareAsync(Intent(step), cancel);
                        if (step is DeploymentStep.Make(var contract) && prepared.Nonce != addresses.FirstNonce + (ulong)contract)
                            throw new NodeException(
                                ExitCodes.Failed,
                                $"Another transaction of the account has come between: the {contract} is not sent. Run it again."
                            );
                        remember();
                        var receipt = await single.SendAsync(prepared, cancel);
                        if (!receipt.Success)
                            throw new NodeException(
                                ExitCodes.Failed,
                                $"Transaction {receipt.Hash} ({Text(step)}) was reverted in block {receipt.Block}: run it again when the "
                                    + "cause is mended."
                            );
                        await progress.WriteLineAsync(
                            string.Create(CultureInfo.InvariantCulture, $"{Text(step)}: {receipt.Hash} in block {receipt.Block}")
                        );
                        break;
                }
            }
        }

        private async Task<DeploymentView> ReadAsync(CancellationToken cancel)
        {
            await chain.Head.RefreshAsync(cancel);
            return await _reader.ReadAsync(plan, addresses, chain.Head.Latest!, cancel);
        }

        private TransactionIntent Intent(DeploymentStep step) => DeploymentCalls.Of(step, plan, addresses, rules.Gas);

        private static string Text(DeploymentStep step) =>
            step switch
            {
                DeploymentStep.Make(var contract) => $"{contract} made",
                DeploymentStep.Bind => "manager told its index",
                DeploymentStep.Observe(var netuids) => $"moving prices of {netuids.Count} subnets read",
                DeploymentStep.Seed => "index seeded",
                DeploymentStep.Buy(var netuid, var rao, _) => string.Create(
                    CultureInfo.InvariantCulture,
                    $"alpha of subnet {netuid} bought for {rao} rao"
                ),
                DeploymentStep.Approve(var netuid, _) => $"index allowed alpha of subnet {netuid}",
                DeploymentStep.Genesis => "first tokens minted",
                _ => step.GetType().Name,
            };
    }
}
