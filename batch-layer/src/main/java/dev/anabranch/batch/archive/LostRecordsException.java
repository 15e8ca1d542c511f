package dev.anabranch.batch.archive;

/** The topic and the archive do not join: records were deleted before they were archived, or the topic is not the one archived. */
public final class LostRecordsException extends RuntimeException {
    public LostRecordsException(String message) {
        super(message);
    }
}
