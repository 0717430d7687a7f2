package io.tributary.core.schedule.index;

/** The index cannot be read or written. It is opened again, and made anew from the log if that does not do. */
public final class IndexFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean damaged;

    /**
     * A failure.
     *
     * @param damaged what is there does not check or is of an unknown format, so that it must be made anew
     */
    public IndexFailure(String message, boolean damaged, Throwable cause) {
        super(message, cause);
        this.damaged = damaged;
    }

    /** As the other, without a cause. */
    public IndexFailure(String message, boolean damaged) {
        super(message);
        this.damaged = damaged;
    }

    public boolean isDamaged() {
        return damaged;
    }
}
