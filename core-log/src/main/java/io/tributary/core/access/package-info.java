/**
 * Users, ACLs and quotas behind the metadata store, and what answers from them. Safe on any thread; what takes long runs on threads of
 * its own.
 */
@NullMarked
package io.tributary.core.access;

import org.jspecify.annotations.NullMarked;
