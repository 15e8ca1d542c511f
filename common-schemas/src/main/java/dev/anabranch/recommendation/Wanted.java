package dev.anabranch.recommendation;

import java.util.Map;

/**
 * What an answer must keep to.
 *
 * @param most        how many items
 * @param excludeSeen whether what the user has turned to is left out
 * @param attributes  what items must be like, by attribute
 */
public record Wanted(int most, boolean excludeSeen, Map<String, String> attributes) {
    public boolean allows(ItemState state) {
        return state.available()
                && attributes.entrySet().stream()
                        .allMatch(a -> a.getValue().equals(state.attributes().get(a.getKey())));
    }
}
