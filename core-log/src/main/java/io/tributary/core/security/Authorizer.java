package io.tributary.core.security;

/** Tells what a principal may do. Answers from memory, at once. */
public interface Authorizer {
    /** Asked for the name {@link Resource#EVERY}, it answers for all resources of the type together. */
    boolean allows(Principal principal, Operation operation, Resource resource);

    /** Whether there can be a resource of this type for which the answer is yes. */
    default boolean allowsAny(Principal principal, Operation operation, Resource.Type type) {
        return allows(principal, operation, new Resource(type, Resource.EVERY));
    }

    /** Whether the ACLs that are kept with the metadata count. */
    default boolean asksAcls() {
        return false;
    }

    /** Allows everything. */
    static Authorizer open() {
        return (principal, operation, resource) -> true;
    }
}
