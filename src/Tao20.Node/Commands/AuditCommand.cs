using System.CommandLine;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 audit</c>: recomputes results from the journal or from the chain, and says where they differ.</summary>
internal static class AuditCommand
{
    public static Command Create() =>
        new("audit", "Recompute results, and say where they differ from what was written")
        {
            AuditReplayCommand.Create(),
            AuditEpochCommands.Chain(),
            AuditHistoryCommands.At(),
            AuditHistoryCommands.Explain(),
            AuditHistoryCommands.WhatIf(),
            AuditEpochCommands.Export(),
            AuditEpochCommands.VerifyBundle(),
            VerifyProofCommand.Create(),
        };
}
