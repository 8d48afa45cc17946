using System.Text.Json;
using Tao20.Domain.Checks;
using Tao20.Node.Http;

namespace Tao20.Node.Checks;

/// <summary>
/// The last report of a node's check of the chain, in its data directory: what it recorded has to be so still, and what has changed since
/// is told first.
/// </summary>
internal sealed class CheckFile(string dataDirectory, ILogger log)
{
    private readonly string _path = Path.Combine(dataDirectory, "chain-check.json");

    /// <summary>The report of before; null for none, or one that cannot be read: then nothing is compared.</summary>
    public CheckReport? Read()
    {
        if (!File.Exists(_path))
            return null;
        try
        {
            return CheckDocument.Read(File.ReadAllText(_path));
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            log.LogWarning("The last report of the check of the chain, {Path}, is not compared with: {Reason}", _path, e.Message);
            return null;
        }
    }

    /// <summary>Keeps a report in place of the last one. One that cannot be kept is only not compared with at the next start.</summary>
    public void Keep(CheckReport report)
    {
        try
        {
            var next = _path + ".new";
            File.WriteAllText(next, JsonSerializer.Serialize(CheckDocument.Of(report), NodeEndpoints.Json));
            File.Move(next, _path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.LogWarning("The report of the check of the chain cannot be kept in {Path}: {Reason}", _path, e.Message);
        }
    }
}
