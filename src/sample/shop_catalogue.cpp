// SPDX-License-Identifier: Apache-2.0
#include "sample/shop_catalogue.hpp"

#include "sample/csv_row.hpp"
#include "sample/shop_calendar.hpp"

#include <algorithm>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

using enum department;

constexpr category_leaf leaves[] = {
    {beauty, "beauty/skincare/cream", "美妆/护肤/面霜", "Face cream", 59, 899, 300, true},
    {beauty, "beauty/skincare/serum", "美妆/护肤/精华", "Serum", 99, 1299, 300, true},
    {beauty, "beauty/skincare/cleanser", "美妆/护肤/洁面", "Cleanser", 29, 199, 200, true},
    {beauty, "beauty/makeup/lipstick", "美妆/彩妆/口红", "Lipstick", 49, 399, 500, false},
    {beauty, "beauty/makeup/foundation", "美妆/彩妆/粉底", "Foundation", 79, 499, 500, false},
    {beauty, "beauty/fragrance/perfume", "美妆/香氛/香水", "Perfume", 159, 1299, 400, false},
    {apparel, "apparel/women/dress", "服饰/女装/连衣裙", "Dress", 129, 899, 2400, false},
    {apparel, "apparel/women/knitwear", "服饰/女装/针织衫", "Knitwear", 89, 599, 2000, false},
    {apparel, "apparel/men/shirt", "服饰/男装/衬衫", "Shirt", 79, 499, 1400, false},
    {apparel, "apparel/men/jacket", "服饰/男装/夹克", "Jacket", 159, 1299, 1700, false},
    {apparel, "apparel/shoes/casual", "服饰/鞋靴/休闲鞋", "Casual shoes", 99, 799, 2000, false},
    {apparel, "apparel/bags/backpack", "服饰/箱包/双肩包", "Backpack", 79, 699, 900, false},
    {baby, "baby/feeding/formula", "母婴/喂养/奶粉", "Infant formula", 168, 398, 150, true},
    {baby, "baby/diapers/diapers", "母婴/纸尿裤/纸尿裤", "Diapers", 69, 199, 150, true},
    {baby, "baby/toys/blocks", "母婴/玩具/积木", "Building blocks", 49, 399, 600, false},
    {baby, "baby/clothing/romper", "母婴/童装/连体衣", "Romper", 39, 199, 1100, false},
    {food, "food/snacks/nuts", "食品/零食/坚果", "Mixed nuts", 29, 159, 100, true},
    {food, "food/snacks/biscuits", "食品/零食/饼干", "Biscuits", 12, 69, 100, true},
    {food, "food/drinks/tea", "食品/饮品/茶叶", "Tea", 49, 899, 150, true},
    {food, "food/drinks/coffee", "食品/饮品/咖啡", "Coffee", 39, 299, 150, true},
    {food, "food/fresh/fruit", "食品/生鲜/水果", "Fruit box", 29, 169, 350, true},
    {food, "food/staples/rice", "食品/粮油/大米", "Rice", 35, 159, 80, true},
    {home, "home/bedding/quilt", "家居/床品/被子", "Quilt", 159, 1299, 700, false},
    {home, "home/kitchen/pan", "家居/厨具/炒锅", "Wok", 99, 699, 500, false},
    {home, "home/cleaning/detergent", "家居/清洁/洗衣液", "Laundry detergent", 25, 99, 80, true},
    {home, "home/paper/tissue", "家居/纸品/抽纸", "Facial tissue", 19, 89, 60, true},
    {home, "home/storage/box", "家居/收纳/收纳箱", "Storage box", 29, 169, 300, false},
    {digital, "digital/phones/smartphone", "数码/手机/智能手机", "Smartphone", 999, 6999, 500, false},
    {digital, "digital/audio/earphones", "数码/影音/耳机", "Earphones", 79, 1699, 600, false},
    {digital, "digital/computers/laptop", "数码/电脑/笔记本", "Laptop", 2999, 9999, 450, false},
    {digital, "digital/accessories/charger", "数码/配件/充电器", "Charger", 29, 199, 350, false},
    {digital, "digital/wearables/watch", "数码/穿戴/智能手表", "Smart watch", 199, 2499, 600, false},
    {appliance, "appliance/kitchen/rice_cooker", "家电/厨房/电饭煲", "Rice cooker", 159, 999, 500, false},
    {appliance, "appliance/cleaning/vacuum", "家电/清洁/吸尘器", "Vacuum cleaner", 399, 3499, 600, false},
    {appliance, "appliance/large/fridge", "家电/大家电/冰箱", "Fridge", 1499, 7999, 300, false},
    {appliance, "appliance/care/hair_dryer", "家电/个护/吹风机", "Hair dryer", 79, 1299, 500, false},
    {sports, "sports/running/shoes", "运动/跑步/跑鞋", "Running shoes", 199, 1099, 1500, false},
    {sports, "sports/outdoor/tent", "运动/户外/帐篷", "Tent", 199, 1999, 600, false},
    {sports, "sports/fitness/mat", "运动/健身/瑜伽垫", "Yoga mat", 39, 259, 350, false},
    {sports, "sports/cycling/helmet", "运动/骑行/头盔", "Cycling helmet", 89, 699, 600, false},
    {pet, "pet/cat/food", "宠物/猫/猫粮", "Cat food", 49, 399, 100, true},
    {pet, "pet/dog/food", "宠物/狗/狗粮", "Dog food", 59, 459, 100, true},
    {pet, "pet/supplies/litter", "宠物/用品/猫砂", "Cat litter", 25, 119, 80, true},
    {office, "office/paper/copy_paper", "办公/纸张/复印纸", "Copy paper", 25, 149, 60, true},
    {office, "office/equipment/printer", "办公/设备/打印机", "Printer", 599, 3999, 400, false},
    {office, "office/software/licence", "办公/软件/办公软件授权", "Office software licence", 199, 1499, 50, false},
    {office, "office/stationery/pen", "办公/文具/签字笔", "Gel pens", 9, 59, 60, true},
    {health, "health/devices/blood_pressure", "医疗健康/器械/血压计", "Blood pressure monitor", 129, 699, 400, false},
    {health, "health/supplements/vitamins", "医疗健康/保健/维生素", "Vitamins", 39, 399, 150, true},
    {health, "health/consumables/masks", "医疗健康/耗材/口罩", "Face masks", 15, 99, 50, true},
    {health, "health/devices/analyser", "医疗健康/器械/检测仪", "Test analyser", 899, 5999, 250, false},
};

struct brand_entry {
    std::string_view code;
    std::string_view zh;
};

constexpr std::array<std::array<brand_entry, 5>, department_count> brands{{
    {{{"linglanya", "铃兰雅"},
      {"sushi_li", "素诗丽"},
      {"qingrun", "青润"},
      {"huayanji", "花颜记"},
      {"mirelle", "米蕾儿"}}},
    {{{"yunshang_fang", "云裳坊"}, {"beimo", "北陌"}, {"jianyi", "简衣"}, {"northlane", "北巷"}, {"zhixia", "织夏"}}},
    {{{"beile_wu", "贝乐屋"},
      {"anxinbao", "安心宝"},
      {"xiaomuma", "小木马"},
      {"tinyleaf", "小叶子"},
      {"yunbei", "云贝"}}},
    {{{"shanye_ji", "山野集"},
      {"xiangmai", "香麦"},
      {"chayuan", "茶原"},
      {"daoxiang_li", "稻香里"},
      {"grainhill", "谷山"}}},
    {{{"nuanju", "暖居"}, {"muxi", "木悉"}, {"jiejia_ya", "洁佳雅"}, {"homeling", "霍姆凌"}, {"suijin", "岁锦"}}},
    {{{"xingchi", "星驰"}, {"lingyun_ke", "凌云科"}, {"voltano", "沃塔诺"}, {"jizhi", "极知"}, {"pixora", "皮索拉"}}},
    {{{"jiale_dian", "佳乐电"},
      {"qingfeng_hui", "清风惠"},
      {"ronghe", "融禾"},
      {"airmont", "艾尔蒙"},
      {"shunjia", "舜佳"}}},
    {{{"jifeng", "疾风"},
      {"shanhai_xing", "山海行"},
      {"kuayue_li", "跨越力"},
      {"trailora", "途洛拉"},
      {"yuedong_pai", "跃动派"}}},
    {{{"maomaoxin", "毛毛心"}, {"wanle", "汪乐"}, {"petalin", "佩特林"}, {"chongyou", "宠悠"}, {"xiaozhua", "小爪"}}},
    {{{"wenyuan_ge", "文远阁"},
      {"baihe_zhi", "百合纸"},
      {"printera", "普林特"},
      {"yunwen", "云文"},
      {"gongfang", "工坊"}}},
    {{{"kangning", "康宁源"}, {"hushi", "护世"}, {"medalis", "美达利"}, {"anmai", "安脉"}, {"benyuan", "本元"}}},
}};

constexpr std::array<std::string_view, 8> adjectives{"经典款", "轻享", "臻选",   "家庭装",
                                                     "升级版", "限定", "专业版", "旅行装"};
constexpr std::array<std::string_view, 8> adjectives_en{"Classic", "Light",   "Select", "Family",
                                                        "Plus",    "Limited", "Pro",    "Travel"};

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string display_name(std::string_view code) {
    std::string name(code);
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == '_') name[i] = ' ';
        bool const begins = i == 0 || name[i - 1] == ' ';
        if (begins && name[i] >= 'a') name[i] = static_cast<char>(name[i] - 'a' + 'A');
    }
    return name;
}

// Between the leaf's usual prices on a logarithmic scale; ends in 9 yuan above 100, in 0.90 below.
std::int64_t shelf_price(category_leaf const& leaf, double share) {
    double const price = leaf.low * portable_pow(static_cast<double>(leaf.high) / leaf.low, share);
    auto const yuan = static_cast<std::int64_t>(price);
    return yuan >= 100 ? (yuan / 10 * 10 + 9) * 100 : yuan * 100 + 90;
}

std::int8_t score(std::int64_t tenths) { return static_cast<std::int8_t>(std::clamp<std::int64_t>(tenths, 10, 50)); }

product make_product(dice& chance, category_leaf const& leaf, std::uint32_t number, std::size_t variant) {
    product one;
    one.number = number;
    one.leaf = &leaf;
    one.sku = "P";
    append_number(one.sku, number + 1, 4);
    auto const brand_index = chance.below(5);
    auto const& brand = brands[static_cast<std::size_t>(leaf.first)][brand_index];
    one.brand = brand.code;
    one.brand_zh = brand.zh;
    one.name.append(brand.zh).append(adjectives[variant]).append(last_part(leaf.path_zh));
    one.name_en = display_name(brand.code);
    one.name_en.append(" ").append(leaf.name_en).append(", ").append(adjectives_en[variant]);
    // Cheap brands come first in each list, so that brand and price go together.
    double const share = std::clamp(0.2 * static_cast<double>(brand_index) + 0.35 * chance.unit() - 0.075, 0.0, 1.0);
    one.list_price = shelf_price(leaf, share);
    one.cost = one.list_price * chance.between(38, 68) / 100;
    bool const long_sold = variant == 0 || chance.chance(7000);
    std::int32_t const back = chance.between_int(30, 1000);
    std::int32_t const later = chance.between_int(20, shop_days - 20);
    one.launch_day = long_sold ? -back : later;
    one.launched = shop_first_day + one.launch_day;
    auto const quality = chance.between(-6, 6);
    auto const service = chance.between(25, 50);
    auto const fame = chance.between(-5, 5);
    auto const dear = static_cast<std::int64_t>(share * 24);
    one.scores = {score(48 - dear), score(24 + dear + quality), score(service), score(20 + dear + fame)};
    return one;
}

} // namespace

shop_catalogue::shop_catalogue(std::uint64_t seed) {
    dice chance = dice::of_shop(seed);
    for (auto const& leaf : leaves)
        for (std::size_t variant = 0; variant < adjectives.size(); ++variant)
            products_.push_back(make_product(chance, leaf, static_cast<std::uint32_t>(products_.size()), variant));
    for (auto const& one : products_)
        shelves_[static_cast<std::size_t>(one.leaf->first)].products.push_back(one.number);
    for (auto& place : shelves_) {
        place.popular.push_back(random_choice::zipf(place.products.size(), 0.6));
        // Popularity is by place on the shelf; the first product keeps its place as the one always sold.
        for (std::size_t i = place.products.size() - 1; i > 1; --i)
            std::swap(place.products[i], place.products[1 + chance.below(i)]);
    }
}

product const& shop_catalogue::draw(dice& chance, department from, std::int32_t day) const noexcept {
    auto const& place = shelves_[static_cast<std::size_t>(from)];
    for (int attempt = 0; attempt < 4; ++attempt) {
        auto const& one = products_[place.products[chance.choose(place.popular.front())]];
        if (one.launch_day <= day) return one;
    }
    return products_[place.products.front()];
}

std::string shop_catalogue::csv() const {
    std::string out = "sku,name,name_en,category,category_zh,brand,brand_zh,list_price,cost,currency,launched_on,"
                      "price_score,quality_score,service_score,brand_score,replenished\n";
    for (auto const& one : products_) {
        csv_row row(out);
        row.code(one.sku).text(one.name).text(one.name_en).code(one.leaf->path).code(one.leaf->path_zh);
        row.code(one.brand).code(one.brand_zh).money(one.list_price).money(one.cost).code("CNY").date(one.launched);
        for (auto const tenths : one.scores)
            row.decimal(tenths, 1);
        row.flag(one.leaf->replenished).end();
    }
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
