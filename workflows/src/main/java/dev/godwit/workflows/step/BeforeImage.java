package dev.godwit.workflows.step;

import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * What a step found before it acted, and what its undo puts back. Contents of files stay on the server, in Godwit's
 * root-only state folder, because they can hold secrets; the image holds their checksums.
 *
 * <p>Each system has its own records. Their names in histories are made as those of steps.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
public interface BeforeImage {
    BeforeImage NOTHING = new Nothing();

    /** There is nothing to remember. */
    record Nothing() implements BeforeImage {}
}
