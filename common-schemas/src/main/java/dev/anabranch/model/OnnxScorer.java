package dev.anabranch.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs an ONNX artifact in ONNX Runtime, on the calling thread. Thread safe.
 *
 * <p>The artifact has one float input {@code [rows, features]} and its first output holds one float for each row.
 */
public final class OnnxScorer implements AutoCloseable {
    private static final long STACK_BYTES = 64L << 20;

    private final OrtEnvironment environment = environment();
    private final OrtSession session;
    private final String input;
    private final String output;

    /** @throws UnusableModelException when ONNX Runtime cannot load the artifact */
    public OnnxScorer(byte[] artifact) throws UnusableModelException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            session = environment.createSession(artifact, options);
            input = session.getInputNames().iterator().next();
            output = session.getOutputNames().iterator().next();
        } catch (OrtException e) {
            throw new UnusableModelException("The artifact must be an ONNX model: " + e.getMessage(), e);
        }
    }

    /**
     * ONNX Runtime 1.29 looks at the command line when it starts and recurses with its length: a long class path
     * overflows a thread's usual stack and kills the process. So it is started on a thread with room.
     */
    private static OrtEnvironment environment() {
        FutureTask<OrtEnvironment> started = new FutureTask<>(OrtEnvironment::getEnvironment);
        new Thread(null, started, "onnxruntime-start", STACK_BYTES).start();
        try {
            return started.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while ONNX Runtime started", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("ONNX Runtime cannot start", e.getCause());
        }
    }

    /** The score of one row. */
    public double score(double[] features) {
        return score(new double[][] {features})[0];
    }

    /**
     * One score for each row.
     *
     * @throws IllegalArgumentException when the model does not take rows of this length, or does not give one float for
     *     each
     */
    public double[] score(double[][] rows) {
        int width = rows.length == 0 ? 0 : rows[0].length;
        FloatBuffer flat = FloatBuffer.allocate(rows.length * width);
        for (double[] row : rows) {
            for (double feature : row) {
                flat.put((float) feature);
            }
        }
        flat.flip();
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, flat, new long[] {rows.length, width});
                OrtSession.Result result = session.run(Map.of(input, tensor))) {
            OnnxValue value = result.get(output).orElseThrow();
            FloatBuffer scores = value instanceof OnnxTensor floats ? floats.getFloatBuffer() : null;
            if (scores == null || scores.remaining() != rows.length) {
                throw new IllegalArgumentException("The model must give one float for each of " + rows.length
                        + " rows, got " + (scores == null ? value.getInfo() : scores.remaining()));
            }
            double[] each = new double[rows.length];
            for (int i = 0; i < each.length; i++) {
                each[i] = scores.get(i);
            }
            return each;
        } catch (OrtException e) {
            throw new IllegalArgumentException(
                    "The model cannot score " + rows.length + " rows of " + width + " features: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime could not release a session", e);
        }
    }
}
