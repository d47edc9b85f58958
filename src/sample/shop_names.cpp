// SPDX-License-Identifier: Apache-2.0
#include "sample/shop_names.hpp"

#include <array>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::array<std::string_view, 40> surnames{"王", "李", "张",   "刘",   "陈", "杨", "黄", "赵", "吴", "周",
                                                    "徐", "孙", "马",   "朱",   "胡", "郭", "何", "高", "林", "罗",
                                                    "郑", "梁", "谢",   "宋",   "唐", "许", "韩", "冯", "邓", "曹",
                                                    "彭", "曾", "欧阳", "诸葛", "苏", "潘", "田", "董", "袁", "蒋"};
constexpr std::array<std::uint16_t, 40> surname_weights{72, 71, 68, 54, 47, 31, 22, 21, 20, 19, 15, 14, 13, 13,
                                                        12, 11, 11, 10, 10, 9,  9,  9,  8,  8,  8,  8,  7,  7,
                                                        7,  7,  6,  6,  1,  1,  6,  6,  6,  6,  6,  6};
constexpr std::array<std::string_view, 36> female_characters{
    "芳", "娜", "敏", "静", "丽", "艳", "娟", "霞", "秀", "燕", "玲", "梅", "雪", "琳", "婷", "欣", "怡", "佳",
    "雨", "涵", "梓", "诗", "梦", "思", "晓", "文", "月", "婉", "清", "宁", "若", "曦", "瑶", "璐", "颖", "萱"};
constexpr std::array<std::string_view, 36> male_characters{
    "伟", "强", "磊", "军", "洋", "勇", "杰", "涛", "超", "明", "刚", "平", "辉", "鹏", "浩", "宇", "轩", "子",
    "博", "文", "志", "建", "国", "俊", "凯", "天", "泽", "睿", "晨", "嘉", "立", "恒", "峰", "成", "毅", "航"};
constexpr std::array<std::string_view, 16> english_women{"Alice", "Emma", "Grace", "Helen", "Ivy",   "Julia",
                                                         "Linda", "Mia",  "Nora",  "Rose",  "Sarah", "Sophie",
                                                         "Tina",  "Vera", "Wendy", "Zoe"};
constexpr std::array<std::string_view, 16> english_men{"Adam",   "Ben",   "Chris", "David", "Eric", "Frank",
                                                       "George", "Henry", "Jack",  "Kevin", "Leo",  "Mark",
                                                       "Oscar",  "Peter", "Sam",   "Tom"};
constexpr std::array<std::string_view, 24> english_surnames{
    "Wang", "Li",    "Zhang", "Liu",    "Chen",  "Yang",  "Huang", "Zhao",   "Wu",     "Zhou",   "Smith", "Brown",
    "Lee",  "Jones", "Davis", "Wilson", "Moore", "Clark", "Lewis", "Walker", "O'Neil", "Garcia", "Kim",   "Tanaka"};
constexpr std::array<std::string_view, 28> company_first{"云", "启", "宏", "鼎", "华", "瑞", "恒", "盛", "信", "达",
                                                         "博", "睿", "安", "康", "远", "景", "新", "德", "天", "海",
                                                         "正", "和", "嘉", "元", "永", "利", "金", "诚"};
constexpr std::array<std::string_view, 14> company_first_en{"Yunqi",   "Hongda",   "Ruiheng",  "Boxin",  "Jinghe",
                                                            "Tianhai", "Jiacheng", "Yongli",   "Deyuan", "Ankang",
                                                            "Xinyuan", "Bluepeak", "Oakfield", "Harbour"};

} // namespace

std::string person_name(dice& chance, bool female, bool english) {
    if (english) {
        std::string name(female ? chance.one_of(english_women) : chance.one_of(english_men));
        name += ' ';
        name += chance.one_of(english_surnames);
        return name;
    }
    std::string name(surnames[chance.pick_from(surname_weights)]);
    auto const& characters = female ? female_characters : male_characters;
    name += chance.one_of(characters);
    if (chance.chance(7200)) name += chance.one_of(characters);
    return name;
}

std::string company_name(dice& chance, city const& home, std::string_view word_zh, std::string_view word_en,
                         bool english) {
    if (english) {
        std::string name(home.name_en);
        name.append(" ").append(chance.one_of(company_first_en)).append(" ").append(word_en).append(" Co., Ltd.");
        return name;
    }
    std::string name(home.name);
    name += chance.one_of(company_first);
    name += chance.one_of(company_first);
    return name.append(word_zh);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
