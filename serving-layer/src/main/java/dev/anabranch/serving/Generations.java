package dev.anabranch.serving;

import dev.anabranch.contract.Generation;
import dev.anabranch.contract.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** The latest generation of each view that is complete in every partition. */
@ApplicationScoped
class Generations {
    private static final Logger log = Logger.getLogger(Generations.class);

    private final Map<String, Generation> latest = new ConcurrentHashMap<>();

    Optional<Generation> latest(String view) {
        return Optional.ofNullable(latest.get(view));
    }

    /** Takes in a record of the generations topic. */
    void take(byte[] value) {
        if (value == null) {
            return;
        }
        try {
            Generation generation = Wire.GENERATION.decode(value);
            latest.put(generation.getView(), generation);
        } catch (IllegalArgumentException e) {
            log.errorf(e, "A generation record cannot be read and is passed over");
        }
    }
}
