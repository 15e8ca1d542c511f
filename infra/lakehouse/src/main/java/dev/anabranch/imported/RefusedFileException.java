package dev.anabranch.imported;

import dev.anabranch.event.EventType.Violation;
import java.util.List;
import java.util.stream.Collectors;

/** A file that cannot be a model of the use case; all that stands against it, as far as it could be looked at. */
public final class RefusedFileException extends Exception {
    private final transient List<Violation> violations;

    /** @param violations at least one; each names what breaks the rule: {@code onnx}, {@code features[2]}, {@code output} */
    RefusedFileException(List<Violation> violations) {
        super(
                violations.stream().map(Violation::toString).collect(Collectors.joining("; ")),
                null,
                false,
                false); // an answer, not an accident: no stack trace
        this.violations = List.copyOf(violations);
    }

    public List<Violation> violations() {
        return violations;
    }
}
