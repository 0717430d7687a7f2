/** Tests of users, ACLs and quotas. */
@NullMarked
package io.tributary.core.access;

import org.jspecify.annotations.NullMarked;
