using System.Text.Json;
using Tao20.Chain.Contracts;
using Tao20.Domain.Units;
using Tao20.Node.Http;

namespace Tao20.Node.Index;

/// <summary>
/// Which deployment is being made: written before its first transaction, so that it goes on from the same addresses wherever it was
/// interrupted. How far it is, the chain says.
/// </summary>
/// <param name="ChainId">The chain.</param>
/// <param name="Account">Who deploys.</param>
/// <param name="FirstNonce">The nonce of the first contract.</param>
/// <param name="PlanHash">The hash of the plan's file.</param>
internal sealed record DeploymentState(ulong ChainId, string Account, ulong FirstNonce, string PlanHash)
{
    /// <summary>The addresses.</summary>
    public DeploymentAddresses Addresses => new(Address.Parse(Account), FirstNonce);

    /// <summary>What was begun; null for nothing.</summary>
    /// <exception cref="NodeException">The file cannot be read, or is of another deployment.</exception>
    public static DeploymentState? Read(FileInfo file, ulong chainId, Address account, string planHash)
    {
        if (!file.Exists)
            return null;
        DeploymentState found;
        try
        {
            found =
                JsonSerializer.Deserialize<DeploymentState>(File.ReadAllText(file.FullName), NodeEndpoints.Json)
                ?? throw new FormatException("it is empty");
            if (!Address.TryParse(found.Account, out _))
                throw new FormatException($"account is '{found.Account}'");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            throw new NodeException(ExitCodes.Usage, $"--state = {file.FullName} cannot be read: {e.Message}", e);
        }

        var other =
            found.ChainId != chainId ? $"of chain {found.ChainId}, and this is {chainId}"
            : found.Account != account.ToString() ? $"of the account {found.Account}, and this is {account}"
            : found.PlanHash != planHash ? "of a plan that read otherwise"
            : null;
        return other is null
            ? found
            : throw new NodeException(
                ExitCodes.Usage,
                $"--state = {file.FullName} is {other}: go on with the same, or give another file to begin anew."
            );
    }

    /// <summary>Writes it, whole and to the disk, before anything is sent.</summary>
    /// <exception cref="NodeException">It cannot be written.</exception>
    public void Write(FileInfo file)
    {
        try
        {
            var next = file.FullName + ".new";
            using (var stream = new FileStream(next, FileMode.Create, FileAccess.Write))
            {
                JsonSerializer.Serialize(stream, this, NodeEndpoints.Json);
                stream.Flush(flushToDisk: true);
            }

            File.Move(next, file.FullName, overwrite: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException(ExitCodes.Usage, $"--state = {file.FullName} cannot be written: {e.Message}", e);
        }
    }
}
