package io.tributary.core.subscription;

import io.tributary.core.api.Publisher;
import io.tributary.core.api.Topics;
import io.tributary.core.routing.FullSubscriptions;
import io.tributary.core.routing.RouteTable;

/**
 * What subscriptions work on.
 *
 * @param routes    learns of their bindings
 * @param publisher takes dead letters
 * @param full      learns of those that publishers are to wait for
 */
public record Surroundings(Topics topics, RouteTable routes, Publisher publisher, FullSubscriptions full) {
}
