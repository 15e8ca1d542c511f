package dev.anabranch.batch;

import java.util.List;

/**
 * Measures the models of one use case by a protocol of its own, on data it is told of. Listed in
 * {@code META-INF/services/dev.anabranch.batch.Evaluation}; {@code BatchMain evaluate <use case> ...} runs it.
 */
public interface Evaluation {
    String useCase();

    /**
     * @param arguments what follows the use case on the command line
     * @return the exit code, 0 when all went well
     */
    int run(List<String> arguments);
}
