using Tao20.Domain.Ingestion;

namespace Tao20.Node.Http;

/// <summary>Which chain and contracts something is of.</summary>
internal sealed record IdentityDocument(ulong ChainId, string Genesis, string Contract, ulong FromBlock, string? Registry)
{
    /// <summary>The document of an identity; null where it is not known.</summary>
    public static IdentityDocument? Of(ChainIdentity? identity) =>
        identity is null
            ? null
            : new IdentityDocument(
                identity.ChainId,
                identity.Genesis.ToString(),
                identity.Contract.ToString(),
                identity.FromBlock,
                identity.Registry?.ToString()
            );
}
