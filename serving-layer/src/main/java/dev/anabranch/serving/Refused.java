package dev.anabranch.serving;

import dev.anabranch.event.EventType;
import java.util.List;

/** The request breaks rules. Answered 400, every broken rule named. */
public final class Refused extends RuntimeException {
    private final transient List<EventType.Violation> violations;

    /** @param violations at least one; each names its field by its path in the request */
    public Refused(List<EventType.Violation> violations) {
        super(violations.toString(), null, false, false); // an answer, not an accident: no stack trace
        this.violations = List.copyOf(violations);
    }

    public Refused(String field, String must, String value) {
        this(List.of(new EventType.Violation(field, must, value)));
    }

    public List<EventType.Violation> violations() {
        return violations;
    }
}
