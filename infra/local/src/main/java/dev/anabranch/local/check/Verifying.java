package dev.anabranch.local.check;

import dev.anabranch.event.EventType;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.Cut;
import dev.anabranch.view.View;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Verifies a running platform: reads the log, once or in passes, and has it compared with the archive and the answers. */
public final class Verifying {
    /** Some 400 bytes each, in a heap of 1 GiB. */
    private static final long EVENTS_IN_MEMORY = 1_000_000;

    private final String bootstrapServers;
    private final Api api;
    private final ArchivedLog archive;
    private final List<View<?>> views;
    private final List<EventType<?>> types;
    private final long seed;
    private final long patienceMillis;

    /** @param patienceMillis how long an event may be on its way, and a question unanswered */
    public Verifying(
            String bootstrapServers,
            Api api,
            ArchivedLog archive,
            List<View<?>> views,
            long seed,
            long patienceMillis) {
        this.bootstrapServers = bootstrapServers;
        this.api = api;
        this.archive = archive;
        this.views = views;
        this.seed = seed;
        this.patienceMillis = patienceMillis;
        Set<String> topics =
                views.stream().flatMap(view -> view.topics().stream()).collect(Collectors.toSet());
        types = UseCases.all().stream()
                .map(UseCase::events)
                .<EventType<?>>flatMap(List::stream)
                .filter(type -> topics.contains(type.topic()))
                .toList();
    }

    /** So many entities of each view, in one pass over the log. */
    public void sample(int entities, VerifyReport found) throws InterruptedException {
        pass(() -> KeptEvents.sample(entities, seed), true, found);
    }

    /** All entities, in as many passes over the log as memory asks for. */
    public void all(VerifyReport found) throws InterruptedException {
        int parts = parts();
        for (int part = 0; part < parts; part++) {
            int number = part;
            pass(() -> KeptEvents.part(number, parts), part == 0, found);
        }
    }

    private int parts() {
        try (EventLog log = new EventLog(bootstrapServers, types, List.of(), () -> KeptEvents.part(0, 1))) {
            return (int) (1 + views.size() * log.length() / EVENTS_IN_MEMORY);
        }
    }

    private void pass(Supplier<KeptEvents> kept, boolean first, VerifyReport found) throws InterruptedException {
        Map<EventType<?>, ArchiveCheck.Archived> archived = new HashMap<>();
        if (first) { // before the log is read, so that the log has all that is archived
            types.forEach(type ->
                    archived.put(type, new ArchiveCheck.Archived(archive.events(type), archive.deadLetters(type))));
        }
        try (EventLog log = new EventLog(bootstrapServers, types, views, kept)) {
            Cut begin = log.begin();
            types.forEach(type -> archive.before(begin, type, log::takeArchived));
            log.readToEnd();
            if (first) {
                ArchiveCheck check = new ArchiveCheck();
                check.compare(types, archived, log);
                found.add(check);
            }
            Verification verification = new Verification(api, log, seed, patienceMillis);
            verification.run(views);
            found.add(verification);
        }
    }
}
