package io.tributary.core.selector;

/** A text that is no selector. The message tells what is wrong and at which character, counted from 1. */
public final class SelectorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SelectorException(String problem, int index) {
        super(problem + " at character " + (index + 1));
    }

    SelectorException(String problem) {
        super(problem);
    }
}
