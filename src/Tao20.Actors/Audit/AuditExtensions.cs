using Akka.Hosting;
using Tao20.Actors.Hosting;
using Tao20.Actors.Journal;

namespace Tao20.Actors.Audit;

/// <summary>What a process is made of that audits a journal.</summary>
public static class AuditExtensions
{
    /// <summary>
    /// A journal that is audited: readable as a whole, in the order in which it was written, also where it has entries that cannot be read.
    /// </summary>
    public static AkkaConfigurationBuilder WithAuditedJournal(this AkkaConfigurationBuilder builder, JournalOptions options)
    {
        builder
            .WithTao20Basics(system => new AuditSerializer(system))
            .WithJournal(options)
            .AddHocon(Tao20AkkaExtensions.Hocon("journal-audit.conf"), HoconAddMode.Prepend)
            .WithJournalQueries();
        return options.Kind == JournalKind.Sqlite
            ? builder
            : builder.AddHocon(Tao20AkkaExtensions.Hocon("journal-queries-postgresql.conf"), HoconAddMode.Prepend);
    }
}
