namespace Tao20.Node.Http;

/// <summary>How this node takes part in its cluster, as <c>/status</c> shows it.</summary>
/// <param name="Host">How other nodes reach it.</param>
/// <param name="Secured">Whether nodes prove themselves to each other.</param>
/// <param name="CertificateExpires">Until when this node's certificate is valid; null without one.</param>
/// <param name="Writer">Its number as a writer of the journal, as <c>tao20 journal status</c> and each of its entries have it.</param>
internal sealed record ClusterDocument(string Host, bool Secured, DateTimeOffset? CertificateExpires, long? Writer);
