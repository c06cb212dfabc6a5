package dev.godwit.activities.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnerTest {
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            # number, name, number there, name there, conflict, missing, renumbering
            998, shop, 998, shop, -,                                                             false, -
            998, shop, 997, '',   'the user shop is 998 on the source, 997 on the target',       false, usermod -u 998 shop
            998, shop, 997, mail, 'the user shop is 998 on the source, 997 on the target',       false, -
            998, shop, '',  mail, 'the user 998 is shop on the source, mail on the target',      false, -
            998, '',   '',  mail, 'the user 998 is nobody on the source, mail on the target',    false, -
            998, '',   '',  '',   -,                                                             false, -
            998, shop, '',  '',   -,                                                             true,  -
            """)
    void shouldTellWhatANumberMeansOnTheTarget(
            String number,
            String name,
            String numberThere,
            String nameThere,
            String conflict,
            boolean missing,
            String renumbering) {
        Owner owner = new Owner("user", number, name, numberThere, nameThere);

        assertThat(owner.conflict().orElse(null)).isEqualTo(conflict);
        assertThat(owner.missing()).isEqualTo(missing);
        assertThat(owner.renumbering().orElse(null)).isEqualTo(renumbering);
    }

    @Test
    void shouldMakeGroupsBeforeTheirUsers() {
        assertThat(Owner.makings(List.of(
                        new Owner("user", "998", "shop", "", ""),
                        new Owner("user", "999", "mill", "", ""),
                        new Owner("group", "996", "shop", "", ""))))
                .containsExactly("groupadd -g 996 shop", "useradd -M -u 998 -g shop shop", "useradd -M -u 999 mill");
    }
}
