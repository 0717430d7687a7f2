package io.tributary.core.security;

/** Tells what a principal may do. Answers from memory, at once. */
public interface Authorizer {
    boolean allows(Principal principal, Operation operation, Resource resource);

    /** Allows everything. */
    static Authorizer open() {
        return (principal, operation, resource) -> true;
    }
}
