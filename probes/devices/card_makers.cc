#include "probes/devices/card_makers.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace weighin {
namespace {

/// Makers of cards, and the words that their shops' pages put beside the name of the GPU, as name_words()
/// splits them. A range that ends in a word such as "ultra" or "edge" stands here whole, because that word
/// alone would make another GPU.
constexpr std::string_view phrases =
    "msi, asus, gigabyte, evga, zotac, pny, sapphire, powercolor, xfx, palit, gainward, inno 3 d, "
    "colorful, galax, kfa 2, manli, asrock, sparkle, gunnir, maxsun, yeston, visiontek, leadtek, "
    "biostar, his, club 3 d, point of view, onix, asus rog, bfg, mllse, veineda, soyo, axle, "
    "arktek, jieshuo, 51 risc, sotac, onda, vastarmor, emtek, elsa, gaming, gaming x, gaming x "
    "slim, gaming z, gaming trio, gaming x trio, gaming pro, gamingpro, gaming pro s, gamingpro "
    "s, gamingpro oc, gaming oc, trio, suprim, suprim x, suprim liquid, suprim liquid x, suprim "
    "soc, ventus, ventus 2 x, ventus 3 x, ventus 3 x plus, shadow, shadow 2 x, shadow 3 x, "
    "inspire, inspire 2 x, inspire 3 x, vanguard, expert, aero, aero itx, armor, mech, mech 2 x, "
    "lightning, lightning z, sea hawk, tuf, tuf gaming, rog, rog strix, strix, rog astral, "
    "astral, rog matrix, matrix, prime, dual, proart, noctua, noctua edition, turbo, phoenix, "
    "evo, cerberus, ekwb, eagle, eagle max, windforce, windforce max, windforce 2, windforce 3 x, "
    "gaming max, aorus, aorus master, aorus elite, aorus xtreme, master, master ice, elite, ice, "
    "xtreme, waterforce, xtreme waterforce, stealth, low profile, lp, ftw, ftw 3, ftw 3 ultra, "
    "xc, xc 3, xc 3 ultra, xc ultra, xc black, sc, sc ultra, black, kingpin, kingpin hybrid, "
    "hybrid, hydro copper, classified, ftw 3 hybrid, twin edge, twin edge oc, twin fan, trinity, "
    "trinity oc, amp, amp extreme, amp extreme infinity, amp holo, amp airo, airo, arcticstorm, "
    "solid, solid core, solid sff, solo, mini itx, itx, verto, xlr 8, epic x, uprising, argb, "
    "rgb, triple fan, dual fan, single fan, dual slot, two slot, 2 slot, 3 slot, 2 fan, 3 fan, "
    "overclocked, oc, oc edition, o c, slim, white, white edition, holo, gamerock, gamerock "
    "omniblack, omniblack, jetstream, stormx, stormx oc, infinity, infinity 3, panther, phantom, "
    "phantom gs, phantom gaming, ghost, ghost oc, pegasus, python, star, nitro, nitro plus, "
    "pulse, pure, toxic, toxic limited, reference, red devil, red dragon, devil, hellhound, "
    "spectral, fighter, reaper, liquid devil, limited edition, speedster, speedster merc 310, "
    "speedster merc 319, speedster merc 308, merc, merc 310, merc 319, merc 308, speedster qick "
    "319, speedster qick 309, speedster qick 308, qick, speedster swft 309, speedster swft 319, "
    "speedster swft 210, swft, swft 210, swft 309, swft 319, quicksilver, mercury, swift, "
    "magnetic, magnetic air, core edition, thicc, thicc ii, thicc iii, rs, gts, challenger, "
    "challenger d, challenger pro, taichi, steel legend, sakura, formula, creator, phantom gaming "
    "d, igame, vulcan, vulcan oc, igame ultra, igame ultra w, igame advanced, igame vulcan, igame "
    "neptune, advanced, neptune, battle ax, nb, nb duo, ichill, ichill x 3, ichill x 4, ichill "
    "frostbite, frostbite, twin x 2, guardian, titan oc, photon, bifrost, predator bifrost, "
    "predator, orc, nitro oc, ex gamer, ex gamer pro, hof, hall of fame, sg, click oc, 1 click "
    "oc, 1 click, polar fox, gallardo, nebula, aibot, roc, luna, halloween, passive, blower, "
    "turbo fan, water cooled, watercooled, liquid cooled, nvlink, sli, hdmi, dp, pcie, pcie x 16, "
    "pcie x 8, pci e, pci express, full height, active, gddr, bulk, retail, refurbished, used, "
    "eagle oc, graphics cards, video card, video, smart, wind force, super jetstream";

using Phrase = std::vector<std::string>;

/// The phrases by their first word, the longest first.
const std::unordered_map<std::string, std::vector<Phrase>>& phrase_table() {
  static const auto table = [] {
    std::unordered_map<std::string, std::vector<Phrase>> by_first;
    for (size_t at = 0; at < phrases.size();) {
      const size_t comma = std::min(phrases.find(", ", at), phrases.size());
      Phrase words = name_words(phrases.substr(at, comma - at));
      std::string first = words.front();
      by_first[std::move(first)].push_back(std::move(words));
      at = comma + 2;
    }
    for (auto& [first, list] : by_first)
      std::stable_sort(list.begin(), list.end(),
                       [](const Phrase& a, const Phrase& b) { return a.size() > b.size(); });
    return by_first;
  }();
  return table;
}

}  // namespace

size_t card_maker_words(const std::vector<NameWord>& words, size_t first) {
  const auto found = phrase_table().find(words[first].text);
  if (found == phrase_table().end()) return 0;
  for (const Phrase& phrase : found->second) {
    bool same = first + phrase.size() <= words.size();
    for (size_t i = 0; same && i < phrase.size(); ++i)
      same = words[first + i].text == phrase[i] && !words[first + i].consumed;
    if (same) return phrase.size();
  }
  return 0;
}

}  // namespace weighin
