package dev.anabranch.view;

import dev.anabranch.contract.OriginOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Cuts and positions as the contract writes them. */
public final class Cuts {
    private Cuts() {}

    public static Cut read(List<OriginOffset> offsets) {
        return Cut.of(readOffsets(offsets));
    }

    public static List<OriginOffset> write(Cut cut) {
        return writeOffsets(cut.origins());
    }

    public static Map<Origin, Long> readOffsets(List<OriginOffset> offsets) {
        Map<Origin, Long> byOrigin = new HashMap<>();
        offsets.forEach(o -> byOrigin.put(new Origin(o.getTopic(), o.getPartition()), o.getOffset()));
        return byOrigin;
    }

    /** In the order of the map. */
    public static List<OriginOffset> writeOffsets(Map<Origin, Long> offsets) {
        return offsets.entrySet().stream()
                .map(e -> new OriginOffset(e.getKey().topic(), e.getKey().partition(), e.getValue()))
                .toList();
    }
}
