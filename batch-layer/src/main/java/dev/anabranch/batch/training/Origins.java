package dev.anabranch.batch.training;

import dev.anabranch.view.Origin;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/** Origins by the number of their topic, each one object however often it is read. For one thread at a time. */
final class Origins implements Serializable {
    private final List<String> topics;
    private transient Map<String, Integer> numbers;
    private transient List<List<Origin>> known;

    /** @param topics every topic that can come up */
    Origins(Iterable<String> topics) {
        this.topics = new ArrayList<>();
        for (String topic : topics) {
            if (!this.topics.contains(topic)) {
                this.topics.add(topic);
            }
        }
    }

    void write(Origin origin, Encoder out) throws IOException {
        if (numbers == null) {
            numbers = new HashMap<>();
            topics.forEach(topic -> numbers.put(topic, numbers.size()));
        }
        out.writeInt(numbers.get(origin.topic()));
        out.writeInt(origin.partition());
    }

    Origin read(Decoder in) throws IOException {
        if (known == null) {
            known = new ArrayList<>();
            topics.forEach(topic -> known.add(new ArrayList<>()));
        }
        int topic = in.readInt();
        int partition = in.readInt();
        List<Origin> ofTopic = known.get(topic);
        while (ofTopic.size() <= partition) {
            ofTopic.add(new Origin(topics.get(topic), ofTopic.size()));
        }
        return ofTopic.get(partition);
    }
}
